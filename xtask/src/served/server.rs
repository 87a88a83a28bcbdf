//! A server under measurement: started, asked for the CPU time it took, stopped.

use crate::command;
use crate::failure::Failure;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running server.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its process.
    pub pid: u32,
    child: Option<Child>,
}

impl Server {
    /// Starts one and waits until it takes connections; what it prints goes to `output`.
    pub fn start(command: &mut Command, port: u16, output: Stdio) -> Result<Self, Failure> {
        let call = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).stdout(output).spawn().map_err(Failure::file(&call))?;
        let mut server = Self { address: SocketAddr::from(([127, 0, 0, 1], port)), pid: child.id(), child: Some(child) };
        server.wait(&call, Duration::from_secs(180))?;
        Ok(server)
    }

    /// One that another program started and told the id of.
    pub fn adopt(port: u16, pid: u32) -> Self {
        Self { address: SocketAddr::from(([127, 0, 0, 1], port)), pid, child: None }
    }

    /// CPU time it has taken so far, in seconds, of all its threads.
    pub fn cpu(&self) -> Option<f64> {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.pid)).ok()?;
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
        // Fields 14 and 15 of the file, user and system, in ticks of which Linux counts 100 a second everywhere.
        Some((ticks(11)? + ticks(12)?) / 100.0)
    }

    fn wait(&mut self, call: &str, patience: Duration) -> Result<(), Failure> {
        let broken = |outcome: String| Err(Failure::Program { call: call.to_owned(), outcome });
        let until = Instant::now() + patience;
        while TcpStream::connect(self.address).is_err() {
            if let Some(Ok(Some(status))) = self.child.as_mut().map(Child::try_wait) {
                return broken(format!("ended with {status} before it listened"));
            }
            if Instant::now() > until {
                return broken(format!("did not listen on {} within {patience:?}", self.address));
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let asked = command::output(Command::new("kill").arg(self.pid.to_string()));
        match (&mut self.child, asked) {
            (Some(child), Ok(_)) => drop(child.wait()),
            (Some(child), Err(_)) => drop(child.kill()),
            (None, _) => {}
        }
    }
}

/// A port that is free now.
pub fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(Failure::file("127.0.0.1"))?;
    Ok(listener.local_addr().map_err(Failure::file("127.0.0.1"))?.port())
}
