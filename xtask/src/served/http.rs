//! The least of an HTTP client: one connection kept open, JSON both ways. For setting things up; the load comes from wrk.

use crate::failure::Failure;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// A connection with a credential.
pub struct Client {
    address: SocketAddr,
    key: String,
    stream: BufReader<TcpStream>,
}

/// An answer.
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
    /// From sending the first byte to having the last one.
    pub took: Duration,
}

impl Answer {
    /// Its body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl Client {
    /// Connects.
    pub fn connect(address: SocketAddr, key: &str) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).map_err(Failure::file(address.to_string()))?;
        stream.set_nodelay(true).map_err(Failure::file(address.to_string()))?;
        Ok(Self { address, key: key.to_owned(), stream: BufReader::new(stream) })
    }

    /// Asks, and takes any answer.
    pub fn ask(&mut self, method: &str, path: &str, body: Option<&str>) -> Result<Answer, Failure> {
        let address = self.address.to_string();
        self.exchange(method, path, body.unwrap_or_default()).map_err(Failure::file(format!("{address}{path}")))
    }

    /// Asks, and takes only a success.
    pub fn get_done(&mut self, method: &str, path: &str, body: Option<&str>) -> Result<Answer, Failure> {
        let answer = self.ask(method, path, body)?;
        if (200..300).contains(&answer.status) {
            return Ok(answer);
        }
        let said: String = String::from_utf8_lossy(&answer.body).chars().take(600).collect();
        Err(Failure::Program { call: format!("{method} {path}"), outcome: format!("was answered {}: {said}", answer.status) })
    }

    fn exchange(&mut self, method: &str, path: &str, body: &str) -> std::io::Result<Answer> {
        let kind = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
        let credential = if self.key.is_empty() { String::new() } else { format!("authorization: Bearer {}\r\n", self.key) };
        let typed = if body.is_empty() { String::new() } else { format!("content-type: {kind}\r\n") };
        let head =
            format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n{credential}{typed}content-length: {}\r\n\r\n", self.address, body.len());
        let begin = Instant::now();
        self.stream.get_mut().write_all((head + body).as_bytes())?;
        let (status, length) = self.head()?;
        let body = match length {
            Some(length) => self.exactly(length)?,
            None => self.chunks()?,
        };
        Ok(Answer { status, body, took: begin.elapsed() })
    }

    /// The status and the length of the body; no length where it comes in chunks.
    fn head(&mut self) -> std::io::Result<(u16, Option<usize>)> {
        let status = self.line()?.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
        let mut length = Some(0);
        loop {
            let line = self.line()?.to_ascii_lowercase();
            match line.split_once(':') {
                Some(("content-length", value)) => length = value.trim().parse().ok(),
                Some(("transfer-encoding", _)) => length = None,
                Some(_) => {}
                None => return Ok((status, length)),
            }
        }
    }

    fn chunks(&mut self) -> std::io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let size = usize::from_str_radix(self.line()?.trim(), 16).map_err(std::io::Error::other)?;
            body.extend(self.exactly(size)?);
            self.line()?;
            if size == 0 {
                return Ok(body);
            }
        }
    }

    fn exactly(&mut self, length: usize) -> std::io::Result<Vec<u8>> {
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok(body)
    }

    fn line(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }
}
