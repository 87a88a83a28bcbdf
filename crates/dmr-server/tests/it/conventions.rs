//! What holds for every route: problem documents, methods, names of requests, credentials, compression, conditional headers.

use crate::world::{World, products};
use dmr_api::client::Request;
use insta::assert_snapshot;
use serde_json::json;

#[test]
fn an_unknown_route_is_a_problem_document() {
    let world = World::new();
    assert_snapshot!(world.nobody().get("/api/nothing").show(), @r#"
    404 Not Found
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/route.unknown",
      "title": "There is nothing at this address",
      "status": 404,
      "detail": "there is nothing at this address",
      "code": "route.unknown",
      "errors": [],
      "suggestions": [
        "GET /openapi.json"
      ]
    }
    "#);
    assert_snapshot!(world.nobody().get("/health/").refusal(), @"404 route.unknown");
}

#[test]
fn an_unknown_method_says_what_is_allowed() {
    let world = World::new();
    assert_snapshot!(world.nobody().delete("/api/registry/models").show(), @r#"
    405 Method Not Allowed
    content-type: application/problem+json
    allow: GET, POST, HEAD, OPTIONS

    {
      "type": "https://dmr.dev/problems/method.unknown",
      "title": "This address does not take this method",
      "status": 405,
      "detail": "this address takes GET, POST, HEAD, OPTIONS",
      "code": "method.unknown",
      "errors": []
    }
    "#);
    let options = world.nobody().send(Request::new(http::Method::OPTIONS, "/api/records/Product/1"));
    assert_snapshot!(options.show(), @r"
    204 No Content
    allow: GET, PUT, PATCH, DELETE, HEAD, OPTIONS
    ");
}

#[test]
fn every_route_refuses_other_methods_with_allow() {
    let world = World::new();
    for route in dmr_server::routes() {
        let path = route.template.replace(['{', '}'], "");
        let answer = world.nobody().send(Request::new(http::Method::TRACE, path));
        assert_eq!(answer.refusal(), "405 method.unknown", "{route:?}");
        assert!(answer.header("allow").contains(route.method.as_str()), "{route:?}");
    }
}

#[test]
fn head_answers_as_get_without_the_body() {
    let world = World::with_products();
    let get = world.admin().get("/api/registry/models/Product");
    let head = world.admin().send(Request::new(http::Method::HEAD, "/api/registry/models/Product"));
    assert_eq!(
        (head.status(), head.header("etag"), head.header("content-length")),
        (200, get.header("etag"), get.header("content-length"))
    );
    assert!(head.0.body.is_empty());
}

#[test]
fn a_request_is_named_by_its_caller_or_by_the_server() {
    let world = World::new();
    let named = world.nobody().send(Request::get("/health").header("x-request-id", "order-17"));
    assert_eq!(named.header("x-request-id"), "order-17");
    let unnamed = world.nobody().get("/health").header("x-request-id").to_owned();
    let other = world.nobody().send(Request::get("/health").header("x-request-id", "no spaces")).header("x-request-id").to_owned();
    assert_eq!((unnamed.len(), other.len()), (17, 17));
    assert_ne!(unnamed, other);
}

#[test]
fn answers_are_private_and_vary() {
    let world = World::new();
    let answer = world.admin().get("/api/me");
    assert_eq!(answer.header("cache-control"), "private, no-cache");
    assert_eq!(answer.header("vary"), "Authorization, Accept, Accept-Encoding");
}

#[test]
fn e_a_bad_credential_is_never_the_anonymous_asker() {
    let world = World::new();
    assert_snapshot!(world.someone(Some("dmr_wrong".into())).get("/api/me").show(), @r#"
    401 Unauthorized
    content-type: application/problem+json
    www-authenticate: Bearer error="invalid_token"

    {
      "type": "https://dmr.dev/problems/credential.invalid",
      "title": "The credential is not valid",
      "status": 401,
      "detail": "the credential is not valid",
      "code": "credential.invalid",
      "errors": []
    }
    "#);
    for header in ["Basic YTpi", "Bearer", "Bearer ", "dmr_wrong"] {
        let answer = world.nobody().send(Request::get("/api/me").header("authorization", header));
        assert_eq!(answer.refusal(), "401 credential.invalid", "{header}");
    }
    assert_snapshot!(world.nobody().get("/api/me").show(), @r#"
    200 OK
    content-type: application/json

    {
      "id": "00000000-0000-0000-0000-000000000001",
      "name": "anonymous",
      "roles": [
        "anonymous"
      ],
      "rights": [],
      "anonymous": true
    }
    "#);
}

#[test]
fn p6_without_a_credential_what_is_there_and_what_is_not_answer_alike() {
    let world = World::with_products();
    let nobody = world.nobody();
    assert_snapshot!(nobody.get("/api/records/Product").show(), @r#"
    401 Unauthorized
    content-type: application/problem+json
    www-authenticate: Bearer

    {
      "type": "https://dmr.dev/problems/credential.missing",
      "title": "A credential is needed",
      "status": 401,
      "detail": "a credential is needed",
      "code": "credential.missing",
      "errors": [],
      "suggestions": [
        "Authorization: Bearer <key>"
      ]
    }
    "#);
    for path in
        ["/api/records/Nothing", "/api/records/Nothing/1", "/api/registry/models/Product/permissions", "/api/registry/models/Nothing"]
    {
        let (there, not) = (nobody.get("/api/records/Product"), nobody.get(path));
        assert_eq!(there.show(), not.show(), "{path}");
    }
    let body = json!({ "name": 1 });
    assert_eq!(nobody.post("/api/records/Product", &body).show(), nobody.post("/api/records/Nothing", &body).show());
    let broken = |path: &str| nobody.send(Request::post(path).bytes("application/json", "{"));
    assert_eq!(broken("/api/records/Product").show(), broken("/api/records/Nothing").show());
}

#[test]
fn p7_a_role_in_a_parameter_is_refused_with_a_pointer_to_credentials() {
    let world = World::with_products();
    assert_snapshot!(world.admin().get("/api/me?user_role=admin").show(), @r#"
    400 Bad Request
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/parameter.unknown",
      "title": "There is no such parameter",
      "status": 400,
      "detail": "roles come from the credential, never from a parameter",
      "code": "parameter.unknown",
      "errors": [
        {
          "in": "query",
          "pointer": "user_role",
          "code": "parameter.unknown",
          "message": "roles come from the credential, never from a parameter",
          "suggestions": [
            "send `Authorization: Bearer <key>`"
          ]
        }
      ]
    }
    "#);
    assert_snapshot!(world.admin().get("/api/records/Product?user_role=admin").show(), @r#"
    400 Bad Request
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/field.unknown",
      "title": "There is no such field",
      "status": 400,
      "detail": "roles come from the credential, never from a parameter",
      "code": "field.unknown",
      "errors": [
        {
          "in": "query",
          "pointer": "user_role",
          "code": "field.unknown",
          "message": "roles come from the credential, never from a parameter",
          "suggestions": [
            "send `Authorization: Bearer <key>`"
          ]
        }
      ]
    }
    "#);
}

#[test]
fn an_unknown_parameter_is_refused_with_suggestions() {
    let world = World::with_products();
    assert_snapshot!(world.admin().get("/api/registry/models/Product/schema?vresion=1").show(), @r#"
    400 Bad Request
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/parameter.unknown",
      "title": "There is no such parameter",
      "status": 400,
      "detail": "this route has no parameter `vresion`",
      "code": "parameter.unknown",
      "errors": [
        {
          "in": "query",
          "pointer": "vresion",
          "code": "parameter.unknown",
          "message": "this route has no parameter `vresion`",
          "suggestions": [
            "version"
          ]
        }
      ]
    }
    "#);
    assert_snapshot!(world.admin().get("/api/registry/models?limit=1&limit=2&limit=x").refusal(), @"400 parameter.value [query limit parameter.value] [query limit parameter.value]");
    assert_snapshot!(world.admin().get("/api/registry/models?limit=0").refusal(), @"400 parameter.value [query limit parameter.value]");
}

#[test]
fn percent_encoding_is_read_strictly() {
    let world = World::with_products();
    for path in ["/api/records/%zz", "/api/records/%C3", "/api/records/Product?name=%ff", "/api/me?%"] {
        let refusal = world.admin().get(path).refusal();
        assert!(refusal.starts_with("400 url.encoding"), "{path}: {refusal}");
    }
    world.admin().get("/api/records/Prod%75ct").must(200);
}

#[test]
fn bodies_are_of_the_media_types_a_route_takes() {
    let world = World::with_products();
    let admin = world.admin();
    let form = admin.send(Request::post("/api/records/Product").bytes("application/x-www-form-urlencoded", "{}"));
    assert_snapshot!(form.show(), @r#"
    415 Unsupported Media Type
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/body.type",
      "title": "The media type of the body is not one this route takes",
      "status": 415,
      "detail": "this route takes application/json or application/x-ndjson, not `application/x-www-form-urlencoded`",
      "code": "body.type",
      "errors": [
        {
          "in": "header",
          "pointer": "content-type",
          "code": "body.type",
          "message": "this route takes application/json or application/x-ndjson, not `application/x-www-form-urlencoded`",
          "suggestions": [
            "Content-Type: application/json"
          ]
        }
      ]
    }
    "#);
    let charset = Request::post("/api/records/Product").bytes("application/json; charset=utf-8", r#"{"name":"a","price":1}"#);
    admin.send(charset).must(201);
    let unsaid = Request::post("/api/records/Product").bytes("application/json", "{").header("content-encoding", "br");
    assert_snapshot!(admin.send(unsaid).refusal(), @"415 body.type [header content-encoding body.type]");
}

#[test]
fn bodies_come_and_go_compressed() {
    let world = World::with_products();
    let admin = world.admin();
    let rows = json!((0..40).map(|i| json!({ "name": format!("thing {i}"), "price": i })).collect::<Vec<_>>());
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, rows.to_string().as_bytes()).unwrap();
    let sent = Request::post("/api/records/Product").bytes("application/json", gzip.finish().unwrap()).header("content-encoding", "gzip");
    admin.send(sent).must(201);

    let plain = admin.get("/api/records/Product");
    for accepts in ["gzip", "br, gzip;q=0.5", "zstd;q=0, gzip"] {
        let small = admin.send(Request::get("/api/records/Product").header("accept-encoding", accepts));
        assert_eq!(small.header("content-encoding"), "gzip", "{accepts}");
        let mut text = String::new();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&small.0.body[..]), &mut text).unwrap();
        assert_eq!(text, plain.text());
    }
    for accepts in ["zstd", "gzip, zstd"] {
        let small = admin.send(Request::get("/api/records/Product").header("accept-encoding", accepts));
        assert_eq!(small.header("content-encoding"), "zstd");
        assert_eq!(zstd::decode_all(&small.0.body[..]).unwrap(), plain.text().into_bytes());
    }
    let small = admin.send(Request::get("/health").header("accept-encoding", "gzip"));
    assert_eq!(small.header("content-encoding"), "");
}

#[test]
fn f_a_compression_bomb_is_stopped_while_it_goes_off() {
    let world = World::with_products();
    let zeros = vec![b' '; 80 << 20];
    let bomb = zstd::encode_all(&zeros[..], 3).unwrap();
    assert!(bomb.len() < 100_000);
    let sent = Request::post("/api/records/Product").bytes("application/json", bomb).header("content-encoding", "zstd");
    assert_snapshot!(world.admin().send(sent).show(), @r#"
    413 Payload Too Large
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/body.too_large",
      "title": "The body is larger than allowed",
      "status": 413,
      "detail": "the body is larger than 67108864 bytes",
      "code": "body.too_large",
      "errors": [],
      "limit": "server.max_body",
      "allowed": 67108864
    }
    "#);
    world.nobody().get("/health").must(200);
}

#[test]
fn f_json_nested_deep_is_refused() {
    let world = World::with_products();
    let deep = "[".repeat(100_000);
    let condition = format!(r#"{{"where":{}{{}}{}}}"#, r#"{"not":"#.repeat(100_000), "}".repeat(100_000));
    for (path, body) in [("/api/registry/models", &deep), ("/api/records/Product", &deep), ("/api/records/Product/query", &condition)] {
        let refusal = world.admin().send(Request::post(path).bytes("application/json", body.clone())).refusal();
        assert!(refusal.starts_with("400 json.depth"), "{path}: {refusal}");
    }
    world.nobody().get("/health").must(200);
}

#[test]
fn f_a_long_address_is_refused() {
    let world = World::with_products();
    let long = format!("/api/records/Product?name={}", "a".repeat(20_000));
    assert_snapshot!(world.admin().get(&long).show(), @r#"
    414 URI Too Long
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/url.too_long",
      "title": "The address is longer than allowed",
      "status": 414,
      "detail": "the address has 20026 bytes; at most 16384 are allowed",
      "code": "url.too_long",
      "errors": [],
      "suggestions": [
        "send long conditions as a query document: POST /api/records/{model}/query"
      ],
      "limit": "url",
      "allowed": 16384,
      "given": 20026
    }
    "#);
}

#[test]
fn headers_that_promise_what_a_route_does_not_keep_are_refused() {
    let world = World::with_products();
    let put = Request::put("/api/registry/models/Product").json(&products()).header("idempotency-key", "a");
    assert_snapshot!(world.admin().send(put).show(), @r#"
    422 Unprocessable Entity
    content-type: application/problem+json

    {
      "type": "https://dmr.dev/problems/behaviour.unavailable",
      "title": "This is not built yet",
      "status": 422,
      "detail": "this route does not take this header",
      "code": "behaviour.unavailable",
      "errors": [
        {
          "in": "header",
          "pointer": "idempotency-key",
          "code": "header.value",
          "message": "this route does not take this header"
        }
      ]
    }
    "#);
}
