"""One training step of the benchmarked networks in Keras on TensorFlow: forward, focal loss, backward, Adam; median milliseconds.

    python benches/peers/training_keras.py THREADS
"""

import os
import statistics
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(int(sys.argv[1]))
tf.config.threading.set_inter_op_parallelism_threads(1 if sys.argv[1] == "1" else int(sys.argv[1]))
import keras
from keras import layers, ops

BATCH, CLASSES, STEPS = 32, 8, 40


def cnn_bilstm():
    x = given = layers.Input((130, 64))
    for channels in [64, 128]:
        x = layers.LayerNormalization(epsilon=1e-5)(layers.Conv1D(channels, 5, padding="same")(x))
        x = layers.Dropout(0.2)(layers.MaxPooling1D(2)(layers.ReLU()(x)))
    x = layers.Bidirectional(layers.LSTM(128, return_sequences=True))(x)
    weights = layers.Softmax(axis=1)(layers.Dense(1, use_bias=False)(layers.Dense(64, activation="tanh")(x)))
    x = layers.Dropout(0.4)(ops.sum(weights * x, axis=1))
    x = layers.Dropout(0.4)(layers.Dense(64, activation="relu")(x))
    return keras.Model(given, layers.Dense(CLASSES, activation="softmax")(x))


def seed_vector():
    x = given = layers.Input((169, 1))
    x = layers.MaxPooling1D(2, padding="same")(layers.Conv1D(128, 5, padding="same", activation="relu")(x))
    x = layers.Bidirectional(layers.LSTM(128, return_sequences=True))(x)
    x = layers.Bidirectional(layers.LSTM(64))(x)
    x = layers.Dropout(0.3)(layers.Dense(128, activation="relu")(x))
    return keras.Model(given, layers.Dense(CLASSES, activation="softmax")(x))


def measure(net, shape):
    x = np.random.default_rng(1).normal(size=(BATCH, *shape)).astype("float32")
    y = keras.utils.to_categorical(np.arange(BATCH) % CLASSES, CLASSES)
    net.compile(optimizer="adam", loss=keras.losses.CategoricalFocalCrossentropy(alpha=1.0, gamma=2.0))
    x, y = tf.constant(x), tf.constant(y)
    times = []
    for _ in range(STEPS + 5):
        start = time.perf_counter()
        net.train_on_batch(x, y)
        times.append(time.perf_counter() - start)
    return 1e3 * statistics.median(times[5:])


for name, net, shape in [("cnn-bilstm/130x64", cnn_bilstm(), (130, 64)), ("seed-vector/169x1", seed_vector(), (169, 1))]:
    print(f"{name}: {measure(net, shape):.2f} ms a step, Keras {keras.__version__}, {sys.argv[1]} threads")
