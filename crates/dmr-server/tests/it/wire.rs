//! What goes wrong below HTTP's meaning: broken, slow, idle and hostile connections.

use crate::world::World;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

#[test]
fn e_a_loopback_server_answers_only_to_its_own_names() {
    let world = World::new();
    let ask = |host: &str| world.raw(format!("GET /health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
    for host in ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]", "[::1]:8000"] {
        assert!(ask(host).starts_with("HTTP/1.1 200"), "{host}");
    }
    for host in ["evil.example", "localhost.evil.example:80", "127.0.0.1.evil.example", "", "127.0.0.2", "[::2]:80"] {
        let answer = ask(host);
        assert!(answer.starts_with("HTTP/1.1 421") && answer.contains("host.refused"), "{host}: {answer}");
    }
    let none = world.raw("GET /health HTTP/1.0\r\n\r\n");
    assert!(none.starts_with("HTTP/1.0 421"), "{none}");
}

#[test]
fn f_what_is_not_http_is_refused_and_the_server_lives() {
    let world = World::new();
    for nonsense in [
        "\x16\x03\x01\x02\x00\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "POST /api/records/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    ] {
        let answer = world.raw(nonsense);
        assert!(answer.starts_with("HTTP/1.1 4") || answer.is_empty(), "{nonsense:?}: {answer}");
    }
    let headers = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X-A: b\r\n".repeat(5000));
    assert!(world.raw(headers).starts_with("HTTP/1.1 431"));
    world.nobody().get("/health").must(200);
}

#[test]
fn f_a_body_that_says_it_is_too_large_is_refused_unread() {
    let world = World::with_products();
    let key = world.registry.administrator_key("test").unwrap();
    let head = format!(
        "POST /api/records/Product HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\nContent-Length: 99999999999\r\n\r\n"
    );
    let answer = world.raw(head);
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("body.too_large"), "{answer}");
}

#[test]
fn f_who_sends_on_after_a_refusal_still_reads_it_and_may_go_on() {
    let world = World::with_products();
    let mut stream = TcpStream::connect(world.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let head = |length: usize| format!("POST /api/records/Product HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n");
    for _ in 0..3 {
        let body = vec![b' '; 8 * 1024 * 1024];
        stream.write_all(head(body.len()).as_bytes()).unwrap();
        // The refusal has long been said when the last of it is sent.
        body.chunks(1024 * 1024).for_each(|part| stream.write_all(part).unwrap());
        let mut answer = [0; 4096];
        let read = stream.read(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer[..read]);
        assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("credential.missing"), "{answer}");
    }
}

#[test]
fn a_key_in_an_address_is_refused() {
    let world = World::with_products();
    let key = world.registry.administrator_key("test").unwrap();
    for name in ["access_token", "api_key", "key", "anything"] {
        let answer = world.nobody().get(&format!("/api/me?{name}={key}"));
        assert_eq!(answer.status(), 400, "{}", answer.show());
        assert!(!answer.text().contains(&key));
    }
}

#[test]
fn f_thousands_of_idle_connections_do_not_keep_others_waiting() {
    let world = World::new();
    let idle: Vec<TcpStream> = (0..1500).map_while(|_| TcpStream::connect(world.address).ok()).collect();
    world.nobody().get("/health").must(200);
    assert!(idle.len() > 100);
}

#[test]
fn connections_are_kept_for_the_next_request() {
    let world = World::new();
    let mut stream = TcpStream::connect(world.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    for _ in 0..3 {
        stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut answer = [0; 1024];
        let read = stream.read(&mut answer).unwrap();
        assert!(String::from_utf8_lossy(&answer[..read]).starts_with("HTTP/1.1 200"));
    }
}
