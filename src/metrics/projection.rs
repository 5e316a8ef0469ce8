//! Vectors of any length as points of a plane: the first two principal components.

use rand::Rng;

use crate::seed;

/// Vectors that are iterated together: more than the two asked for, so that these settle soon.
const BLOCK: usize = 6;
/// More rounds change nothing that a picture shows.
const MOST_ROUNDS: usize = 400;
/// Relative change of the first two variances at which they count as settled.
const SETTLED: f64 = 1e-13;

/// Points of the plane that holds most of the variance.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    /// A point a vector, in their order.
    pub points: Vec<[f64; 2]>,
    /// The part of the variance that each axis holds.
    pub explained: [f64; 2],
}

/// The first two principal components of `vectors`, all of one length; `None` of fewer than three vectors, of vectors of fewer than two
/// numbers or of different length, and where nothing varies.
///
/// By block power iteration on the centred data, in `f64` and in a fixed order. As in scikit-learn's `PCA`, a component's sign is such that its
/// largest loading, in absolute value, is positive.
pub fn principal_plane(vectors: &[&[f32]]) -> Option<Projection> {
    let columns = vectors.first()?.len();
    if vectors.len() < 3 || columns < 2 || vectors.iter().any(|vector| vector.len() != columns) {
        return None;
    }
    let data = centred(vectors, columns);
    let total: f64 = data.iter().flatten().map(|value| value * value).sum();
    if !(total.is_finite() && total > 0.0) {
        return None;
    }
    let mut block = start(columns);
    let mut last = 0.0;
    for _ in 0..MOST_ROUNDS {
        let images: Vec<Vec<f64>> = block.iter().map(|vector| image(&data, vector)).collect();
        (block, _) = ritz(&block, &images);
        let images: Vec<Vec<f64>> = block.iter().map(|vector| image(&data, vector)).collect();
        let found: f64 = images.iter().take(2).flatten().map(|value| value * value).sum();
        if (found - last).abs() <= SETTLED * found {
            break;
        }
        last = found;
        block = orthonormal(images.iter().map(|scores| back(&data, scores, columns)).collect());
    }
    let images: Vec<Vec<f64>> = block.iter().map(|vector| image(&data, vector)).collect();
    let (mut block, _) = ritz(&block, &images);
    block.iter_mut().for_each(|axis| turn(axis));
    let axes: Vec<Vec<f64>> = (0..2).map(|axis| block.get(axis).map_or_else(|| vec![0.0; data.len()], |of| image(&data, of))).collect();
    let explained = [0, 1].map(|axis: usize| axes[axis].iter().map(|value| value * value).sum::<f64>() / total);
    Some(Projection { points: (0..data.len()).map(|row| [axes[0][row], axes[1][row]]).collect(), explained })
}

fn centred(vectors: &[&[f32]], columns: usize) -> Vec<Vec<f64>> {
    let mean = |column: usize| vectors.iter().map(|vector| f64::from(vector[column])).sum::<f64>() / vectors.len() as f64;
    let means: Vec<f64> = (0..columns).map(mean).collect();
    vectors.iter().map(|vector| vector.iter().zip(&means).map(|(&value, mean)| f64::from(value) - mean).collect()).collect()
}

fn start(columns: usize) -> Vec<Vec<f64>> {
    let mut random = seed::stream(0, &["principal plane"]);
    let vectors = (0..BLOCK.min(columns)).map(|_| (0..columns).map(|_| random.gen_range(-1.0..1.0)).collect()).collect();
    orthonormal(vectors)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// `data . vector`
fn image(data: &[Vec<f64>], vector: &[f64]) -> Vec<f64> {
    data.iter().map(|row| dot(row, vector)).collect()
}

/// `dataT . scores`
fn back(data: &[Vec<f64>], scores: &[f64], columns: usize) -> Vec<f64> {
    let mut out = vec![0.0; columns];
    for (row, score) in data.iter().zip(scores) {
        out.iter_mut().zip(row).for_each(|(sum, value)| *sum += score * value);
    }
    out
}

/// Modified Gram-Schmidt, twice over for accuracy; what is left of a vector that depends on the others is dropped.
fn orthonormal(vectors: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let mut out: Vec<Vec<f64>> = Vec::with_capacity(vectors.len());
    for mut vector in vectors {
        let before = dot(&vector, &vector).sqrt();
        for _ in 0..2 {
            for other in &out {
                let part = dot(&vector, other);
                vector.iter_mut().zip(other).for_each(|(value, other)| *value -= part * other);
            }
        }
        let length = dot(&vector, &vector).sqrt();
        if length > 1e-10 * before && length > 0.0 {
            vector.iter_mut().for_each(|value| *value /= length);
            out.push(vector);
        }
    }
    out
}

/// Turns an orthonormal block so that its images are orthogonal, the longest first (Rayleigh-Ritz); with their squared lengths.
fn ritz(block: &[Vec<f64>], images: &[Vec<f64>]) -> (Vec<Vec<f64>>, Vec<f64>) {
    let gram: Vec<Vec<f64>> = images.iter().map(|a| images.iter().map(|b| dot(a, b)).collect()).collect();
    let (values, vectors) = jacobi(gram);
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    let turned = order.iter().map(|&of| {
        let mut out = vec![0.0; block[0].len()];
        for (vector, part) in block.iter().zip(&vectors[of]) {
            out.iter_mut().zip(vector).for_each(|(sum, value)| *sum += part * value);
        }
        out
    });
    (turned.collect(), order.iter().map(|&of| values[of]).collect())
}

/// Eigenvalues and eigenvectors of a small symmetric matrix by cyclic Jacobi rotations (Golub & Van Loan 2013, section 8.5).
fn jacobi(mut matrix: Vec<Vec<f64>>) -> (Vec<f64>, Vec<Vec<f64>>) {
    let size = matrix.len();
    let mut vectors: Vec<Vec<f64>> = (0..size).map(|i| (0..size).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for _ in 0..30 {
        for (p, q) in (0..size).flat_map(|p| (p + 1..size).map(move |q| (p, q))) {
            if matrix[p][q] == 0.0 {
                continue;
            }
            let theta = (matrix[q][q] - matrix[p][p]) / (2.0 * matrix[p][q]);
            let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
            let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
            let sine = tangent * cosine;
            for row in &mut matrix {
                (row[p], row[q]) = (cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]);
            }
            rotate(&mut matrix, (p, q), cosine, sine);
            rotate(&mut vectors, (p, q), cosine, sine);
        }
    }
    ((0..size).map(|i| matrix[i][i]).collect(), vectors)
}

/// Rotates rows `p` and `q` into each other.
fn rotate(rows: &mut [Vec<f64>], (p, q): (usize, usize), cosine: f64, sine: f64) {
    for column in 0..rows[p].len() {
        let (a, b) = (rows[p][column], rows[q][column]);
        (rows[p][column], rows[q][column]) = (cosine * a - sine * b, sine * a + cosine * b);
    }
}

/// Makes the largest loading positive.
fn turn(axis: &mut [f64]) {
    let largest = axis.iter().copied().fold(0.0_f64, |largest, value| if value.abs() > largest.abs() { value } else { largest });
    if largest < 0.0 {
        axis.iter_mut().for_each(|value| *value = -*value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_a_plane_is_found_whole() {
        let rows: Vec<Vec<f32>> = (0..20).map(|i| i as f32).map(|i| vec![2.0 * i, (i * 0.7).sin(), 0.0, -i]).collect();
        let plane = principal_plane(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>()).unwrap();
        assert!((plane.explained[0] + plane.explained[1] - 1.0).abs() < 1e-12);
        assert!(plane.points[0][0] < plane.points[19][0], "the largest loading, of the first column, is positive");
    }

    #[test]
    fn what_has_no_plane_has_none() {
        assert_eq!(principal_plane(&[]), None);
        assert_eq!(principal_plane(&[[1.0, 2.0].as_slice(); 5]), None, "nothing varies");
        assert_eq!(principal_plane(&[&[1.0], &[2.0], &[3.0]]), None);
        assert_eq!(principal_plane(&[&[1.0, 2.0], &[2.0, f32::NAN], &[3.0, 1.0]]), None);
        let line = principal_plane(&[&[1.0, 1.0], &[2.0, 2.0], &[3.0, 3.0]]).unwrap();
        assert!((line.explained[0] - 1.0).abs() < 1e-12 && line.explained[1].abs() < 1e-12);
    }
}
