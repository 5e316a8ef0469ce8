//! Messages and sockets.
//!
//! Contents go as JSON, not as the types of `jupyter-protocol`: those refuse a valid history request with a pattern, and write an
//! absent `transient` as null.

use anyhow::{Context, Result};
use jupyter_protocol::messaging::{Header, JupyterMessage, UnknownMessage};
use jupyter_zmq_client::{
    ConnectionInfo, KernelIoPubXPubConnection, RawMessage, RouterRecvConnection, RouterSendConnection, SubscriptionEvent,
};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zeromq::SocketRecv as _;

/// A request, or any message on its way.
pub type Message = JupyterMessage;

/// A message's content.
pub fn content(message: &Message) -> &Value {
    match &message.content {
        jupyter_protocol::messaging::JupyterMessageContent::UnknownMessage(unknown) => &unknown.content,
        _ => &Value::Null,
    }
}

/// A message of some type, in answer to another.
pub fn answer(to: &Message, kind: &str, content: Value) -> Message {
    let mut message = JupyterMessage::new(UnknownMessage { msg_type: kind.to_owned(), content }, Some(to));
    message.header.username = "kernel".to_owned();
    message
}

/// Sends messages on one socket, in order, from any task or thread.
#[derive(Clone)]
pub struct Outbox(UnboundedSender<Message>);

impl Outbox {
    /// A socket that is gone has nobody listening.
    pub fn send(&self, message: Message) {
        let _ = self.0.send(message);
    }

    /// Publishes in the name of a request.
    pub fn publish(&self, request: &Message, kind: &str, content: Value) {
        let mut message = answer(request, kind, content);
        message.zmq_identities = vec![kind.to_owned().into_bytes().into()];
        self.send(message);
    }

    /// Publishes `busy` or `idle`.
    pub fn status(&self, request: &Message, state: &str) {
        self.publish(request, "status", json!({ "execution_state": state }));
    }
}

/// The five sockets, served.
pub struct Sockets {
    pub shell: UnboundedReceiver<Message>,
    pub shell_out: Outbox,
    pub control: UnboundedReceiver<Message>,
    pub control_out: Outbox,
    pub stdin: UnboundedReceiver<Message>,
    pub stdin_out: Outbox,
    pub iopub: Outbox,
}

impl Sockets {
    /// Binds what the connection file names.
    pub async fn bind(connection: &ConnectionInfo, session: &str) -> Result<Self> {
        use jupyter_zmq_client as zmq;
        let shell = zmq::create_kernel_shell_connection(connection, session).await.context("cannot bind the shell port")?;
        let control = zmq::create_kernel_control_connection(connection, session).await.context("cannot bind the control port")?;
        let stdin = zmq::create_kernel_stdin_connection(connection, session).await.context("cannot bind the stdin port")?;
        let iopub = zmq::create_kernel_iopub_xpub_connection(connection, session).await.context("cannot bind the iopub port")?;
        let mut heartbeat = zmq::create_kernel_heartbeat_connection(connection).await.context("cannot bind the heartbeat port")?;
        tokio::spawn(async move { while heartbeat.single_heartbeat().await.is_ok() {} });
        let (shell, shell_out) = router(shell.split());
        let (control, control_out) = router(control.split());
        let (stdin, stdin_out) = router(stdin.split());
        Ok(Self { shell, shell_out, control, control_out, stdin, stdin_out, iopub: publish(iopub) })
    }
}

fn router((mut out, mut incoming): (RouterSendConnection, RouterRecvConnection)) -> (UnboundedReceiver<Message>, Outbox) {
    let (received, inbox) = unbounded_channel();
    tokio::spawn(async move {
        while let Some(message) = read(&mut incoming).await {
            if received.send(message).is_err() {
                return;
            }
        }
    });
    let (outbox, mut queue) = unbounded_channel();
    tokio::spawn(async move {
        while let Some(message) = queue.recv().await {
            if let Err(error) = out.send(message).await {
                eprintln!("a reply was not sent: {error}");
            }
        }
    });
    (inbox, Outbox(outbox))
}

/// The next message that is whole and signed with the right key.
async fn read(incoming: &mut RouterRecvConnection) -> Option<Message> {
    loop {
        let parts = incoming.socket.recv().await.ok()?;
        match RawMessage::from_multipart(parts, &incoming.mac).map_err(anyhow::Error::from).and_then(parse) {
            Ok(message) => return Some(message),
            Err(error) => eprintln!("a message was left out: {error}"),
        }
    }
}

fn parse(raw: RawMessage) -> Result<Message> {
    let part = |index: usize| raw.jparts.get(index).map(|bytes| &bytes[..]).unwrap_or_default();
    let header: Header = serde_json::from_slice(part(0)).context("no header")?;
    let content: Value = serde_json::from_slice(part(3)).context("no content")?;
    Ok(JupyterMessage {
        content: UnknownMessage { msg_type: header.msg_type.clone(), content }.into(),
        header,
        parent_header: serde_json::from_slice(part(1)).ok(),
        metadata: serde_json::from_slice(part(2)).unwrap_or_else(|_| json!({})),
        buffers: raw.jparts.get(4..).unwrap_or_default().to_vec(),
        zmq_identities: raw.zmq_identities,
        channel: None,
    })
}

/// Publishes, and welcomes who subscribes.
fn publish(mut connection: KernelIoPubXPubConnection) -> Outbox {
    let (outbox, mut queue) = unbounded_channel::<Message>();
    tokio::spawn(async move {
        loop {
            let message = tokio::select! {
                message = queue.recv() => match message {
                    Some(message) => message,
                    None => return,
                },
                event = connection.recv_subscription() => match event {
                    Ok(SubscriptionEvent::Subscribe(topic)) => welcome(&topic),
                    _ => continue,
                },
            };
            if let Err(error) = connection.send(message).await {
                eprintln!("a message was not published: {error}");
            }
        }
    });
    Outbox(outbox)
}

fn welcome(topic: &str) -> Message {
    let content = json!({ "subscription": topic });
    let mut message = JupyterMessage::new(UnknownMessage { msg_type: "iopub_welcome".to_owned(), content }, None);
    message.header.username = "kernel".to_owned();
    message.zmq_identities = vec![topic.to_owned().into_bytes().into()];
    message
}
