//! Principals, roles and keys: who asks, and what nobody gives who does not have it (P7; attacks E).

use crate::world::{Outcome, World, id, on_both, told};
use dmr::{Registry, Value};
use serde_json::json;

#[test]
fn p7_a_principal_is_made_read_changed_and_deleted() {
    on_both(|world| {
        let admin = world.admin();
        let ana = admin.create_principal(json!({ "name": "ana", "roles": ["user", "clerk"], "attributes": { "team": "north" } })).done();
        told!(ana, @r#"
        {
          "id": "<id 1>",
          "name": "ana",
          "roles": ["clerk","user"],
          "attributes": {"team":"north"},
          "created_at": "2026-01-01T00:00:00.000000Z",
          "suspended": false,
          "keys": []
        }
        "#);
        let ana = id(&ana);
        let changed =
            admin.change_principal(&ana, json!({ "name": "Ana B", "roles": ["user"], "attributes": { "team": null, "floor": 3 } }), None);
        told!(changed.done(), @r#"
        {
          "id": "<id 1>",
          "name": "Ana B",
          "roles": ["user"],
          "attributes": {"floor":3},
          "created_at": "2026-01-01T00:00:00.000000Z",
          "suspended": false,
          "keys": []
        }
        "#);
        assert_eq!(admin.principal("Ana B").done().0["id"], ana);
        admin.delete_principal(&ana).done();
        told!(admin.principal(&ana).refused(), @r#"{"status":404,"detail":"there is no principal `<id 1>`","code":"principal.unknown","errors":[]}"#);
        let again = admin.create_principal(json!({ "name": "Ana B", "roles": [] })).done();
        assert_ne!(id(&again), ana, "an id is never used again");
    });
}

#[test]
fn p7_what_is_wrong_with_a_principal_is_told_at_once() {
    on_both(|world| {
        let admin = world.admin();
        let wrong = json!({ "nam": "ana", "roles": ["*", "anonymous", "a b", 7], "id": "x", "created_at": 0, "revision": 9, "attributes": [], "suspended": 1 });
        told!(admin.create_principal(wrong).refused(), @r#"
        {
          "status": 422,
          "detail": "8 problems; the first: a principal needs `name`",
          "code": "principal.invalid",
          "errors": [
            {"in":"body","pointer":"/name","code":"body.shape","message":"a principal needs `name`","suggestions":["\"name\": \"ana\""]},
            {"in":"body","pointer":"/nam","code":"principal.invalid","message":"there is no member `nam`","suggestions":["name"]},
            {"in":"body","pointer":"/roles","code":"body.shape","message":"this is a list of roles"},
            {"in":"body","pointer":"/id","code":"principal.invalid","message":"`id` is set by the system"},
            {"in":"body","pointer":"/created_at","code":"principal.invalid","message":"`created_at` is set by the system"},
            {"in":"body","pointer":"/revision","code":"principal.invalid","message":"`revision` is set by the system"},
            {"in":"body","pointer":"/attributes","code":"body.shape","message":"`attributes` is an object"},
            {"in":"body","pointer":"/suspended","code":"body.shape","message":"`suspended` is true or false"}
          ]
        }
        "#);
        told!(admin.create_principal(json!({ "name": "a\u{7}", "roles": ["*", "anonymous", "a b"] })).refused(), @r#"
        {
          "status": 422,
          "detail": "4 problems; the first: a name holds no control characters",
          "code": "principal.invalid",
          "errors": [
            {"in":"body","pointer":"/name","code":"name.invalid","value":"a\u0007","message":"a name holds no control characters"},
            {
              "in": "body",
              "pointer": "/roles/0",
              "code": "principal.invalid",
              "message": "`*` stands for any authenticated role in permissions; nobody holds it",
              "suggestions": ["user"]
            },
            {
              "in": "body",
              "pointer": "/roles/1",
              "code": "principal.invalid",
              "message": "`anonymous` is the role of whoever comes without a credential; nobody else holds it",
              "suggestions": ["user"]
            },
            {
              "in": "body",
              "pointer": "/roles/2",
              "code": "name.invalid",
              "message": "a role's name begins with a letter and holds ASCII letters, digits, `_`, `-`, `.` and `:`, at most 64",
              "suggestions": ["ab"]
            }
          ]
        }
        "#);
        told!(admin.create_principal(json!([])).refused(), @r#"
        {
          "status": 400,
          "detail": "a principal is an object: {name, roles, attributes?}",
          "code": "body.shape",
          "errors": [{"in":"body","pointer":"","code":"body.shape","message":"a principal is an object: {name, roles, attributes?}"}]
        }
        "#);
        told!(admin.change_principal("administrator", json!({ "rolls": [] }), None).refused(), @r#"
        {
          "status": 422,
          "detail": "there is no member `rolls`",
          "code": "principal.invalid",
          "errors": [{"in":"body","pointer":"/rolls","code":"principal.invalid","message":"there is no member `rolls`","suggestions":["roles"]}]
        }
        "#);
        world.person("ana", &["user"]);
        told!(admin.create_principal(json!({ "name": "ana", "roles": [] })).refused(), @r#"
        {
          "status": 409,
          "detail": "another principal is called `ana`",
          "code": "unique.taken",
          "errors": [{"in":"body","pointer":"/name","code":"unique.taken","rule":"unique","message":"another principal is called `ana`"}]
        }
        "#);
        for kept in ["administrator", "local:root", "system", "anonymous"] {
            assert_eq!(admin.create_principal(json!({ "name": kept, "roles": [] })).refused()["code"], "name.reserved", "{kept}");
            assert_eq!(admin.change_principal("ana", json!({ "name": kept }), None).refused()["code"], "name.reserved", "{kept}");
        }
    });
}

#[test]
fn p7_a_change_by_an_old_tag_is_refused() {
    on_both(|world| {
        let (admin, _) = (world.admin(), world.person("ana", &["user"]));
        let (_, tag) = admin.principal("ana").done();
        admin.change_principal("ana", json!({ "suspended": true }), Some(tag.clone())).done();
        told!(admin.change_principal("ana", json!({ "suspended": false }), Some(tag)).refused(), @r#"{"status":412,"detail":"the principal has changed since","code":"record.version","errors":[],"suggestions":["read it again"]}"#);
        told!(admin.change_principal("ana", json!({}), Some("yesterday".into())).refused(), @r#"
        {
          "status": 400,
          "detail": "this is not the entity tag of a principal",
          "code": "header.value",
          "errors": [
            {
              "in": "header",
              "pointer": "If-Match",
              "code": "header.value",
              "message": "this is not the entity tag of a principal",
              "suggestions": ["\"1\""]
            }
          ]
        }
        "#);
        let (_, before) = admin.principal("ana").done();
        admin.change_principal("ana", json!({ "suspended": true }), Some("*".into())).done();
        assert_eq!(admin.principal("ana").done().1, before, "what changes nothing raises no revision");
    });
}

#[test]
fn p7_principals_come_page_by_page() {
    on_both(|world| {
        let admin = world.admin();
        for name in ["ana", "bob", "cid"] {
            admin.create_principal(json!({ "name": name, "roles": ["user"] })).done();
        }
        let (mut names, mut cursor) = (Vec::new(), None);
        loop {
            let page = admin.principals(Some(2), cursor.as_deref()).done();
            names.extend(page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => break,
            }
        }
        assert_eq!(names, ["administrator", "ana", "bob", "cid"]);
        assert_eq!(admin.principals(None, Some("AAAA")).refused()["code"], "cursor.invalid");
    });
}

#[test]
fn p7_without_the_right_one_reads_oneself_and_nobody_else() {
    on_both(|world| {
        let (ana, bob) = (world.person("ana", &["user"]), world.person("bob", &["user"]));
        assert_eq!(ana.principal(&ana.id()).done().0["name"], "ana");
        let hidden = ana.principal(&bob.id()).refused();
        told!(hidden, @r#"{"status":404,"detail":"there is no principal `<id 1>`","code":"principal.unknown","errors":[]}"#);
        let absent = "0190a000-0000-7000-8000-000000000000";
        assert_eq!(
            json!(hidden.to_string().replace(&bob.id(), absent)),
            json!(ana.principal(absent).refused().to_string()),
            "the same answer"
        );
        assert_eq!(ana.principal("bob").refused()["code"], "principal.unknown");
        for refused in [
            ana.change_principal(&bob.id(), json!({}), None).refused(),
            ana.delete_principal(&bob.id()).refused(),
            ana.create_key(&bob.id(), json!({})).refused(),
            ana.delete_key(&bob.id(), absent).refused(),
        ] {
            assert_eq!(refused["code"], "principal.unknown");
        }
        for refused in [
            ana.principals(None, None).refused(),
            ana.create_principal(json!({ "name": "cid", "roles": [] })).refused(),
            ana.change_principal(&ana.id(), json!({ "roles": ["admin"] }), None).refused(),
            ana.delete_principal(&ana.id()).refused(),
            ana.set_role("user", json!({ "rights": ["principals"] })).refused(),
            ana.roles().refused(),
            ana.role("user").refused(),
        ] {
            assert_eq!((&refused["status"], &refused["code"]), (&json!(403), &json!("right.missing")));
        }
    });
}

#[test]
fn p7_whoever_comes_without_a_credential_is_told_to_bring_one() {
    on_both(|world| {
        let anybody = world.anybody();
        told!(anybody.me().unwrap(), @r#"{"id":"<id 1>","name":"anonymous","roles":["anonymous"],"rights":[],"anonymous":true}"#);
        for refused in [
            anybody.principals(None, None).refused(),
            anybody.principal("administrator").refused(),
            anybody.create_principal(json!({})).refused(),
            anybody.change_principal("administrator", json!({}), None).refused(),
            anybody.delete_principal("administrator").refused(),
            anybody.create_key("administrator", json!({})).refused(),
            anybody.set_role("anonymous", json!({})).refused(),
            anybody.registers(json!({})).refused(),
            anybody.gets("Secret", "1").refused(),
        ] {
            assert_eq!((&refused["status"], &refused["code"]), (&json!(401), &json!("credential.missing")));
        }
    });
}

#[test]
fn p7_a_bad_credential_is_never_anonymous() {
    on_both(|world| {
        let admin = world.admin();
        admin.set_role("anonymous", json!({ "rights": ["operate"] })).done();
        assert!(world.anybody().asker().may(dmr::core::principal::Right::Operate));
        for bad in ["", "dmr_", "dmr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "Bearer x", "\u{0}"] {
            assert_eq!(world.registry.authenticate(Some(bad)).refused()["code"], "credential.invalid", "{bad:?}");
        }
    });
}

#[test]
fn p7_keys_end_are_deleted_and_die_with_their_principal() {
    on_both(|world| {
        let admin = world.admin();
        admin.create_principal(json!({ "name": "ana", "roles": ["user"] })).done();
        let key = |body: Value| {
            let told = admin.create_key("ana", body).done();
            (id(&told), told["key"].as_str().unwrap().to_owned())
        };
        let lives = |key: &str| world.registry.authenticate(Some(key)).is_ok();

        let (_, short) = key(json!({ "expires_at": "2026-01-01T00:00:10Z" }));
        assert!(lives(&short));
        world.seconds_pass(10);
        assert!(!lives(&short), "a key ends at its time");

        let (gone, deleted) = key(json!({}));
        admin.delete_key("ana", &gone).done();
        assert!(!lives(&deleted));
        told!(admin.delete_key("ana", &gone).refused(), @r#"{"status":404,"detail":"the principal has no key `<id 1>`","code":"key.unknown","errors":[]}"#);

        let (_, kept) = key(json!({ "name": "laptop" }));
        admin.change_principal("ana", json!({ "suspended": true }), None).done();
        assert!(!lives(&kept), "a suspended principal's keys are dead at once");
        admin.change_principal("ana", json!({ "suspended": false }), None).done();
        assert!(lives(&kept));
        admin.delete_principal("ana").done();
        assert!(!lives(&kept));
    });
}

#[test]
fn p7_what_is_wrong_with_a_key_is_told() {
    on_both(|world| {
        let admin = world.admin();
        world.person("ana", &["user"]);
        told!(admin.create_key("ana", json!({ "expires_at": "tomorrow", "role": "user", "hash": "x", "name": "" })).refused(), @r#"
        {
          "status": 422,
          "detail": "4 problems; the first: `expires_at` is a time with its offset (RFC 3339)",
          "code": "principal.invalid",
          "errors": [
            {
              "in": "body",
              "pointer": "/expires_at",
              "code": "body.shape",
              "value": "tomorrow",
              "message": "`expires_at` is a time with its offset (RFC 3339)",
              "suggestions": ["2030-01-31T12:00:00Z"]
            },
            {"in":"body","pointer":"/role","code":"principal.invalid","message":"there is no member `role`","suggestions":["roles"]},
            {"in":"body","pointer":"/hash","code":"principal.invalid","message":"`hash` is set by the system"},
            {
              "in": "body",
              "pointer": "/name",
              "code": "name.invalid",
              "value": "",
              "message": "a name is not empty and neither begins nor ends with a space"
            }
          ]
        }
        "#);
        told!(admin.create_key("ana", json!({ "expires_at": "2020-01-01T00:00:00Z", "roles": ["user", "admin"] })).refused(), @r#"
        {
          "status": 422,
          "detail": "2 problems; the first: a key has at most the roles that the principal has; these are not among them: `admin`",
          "code": "principal.invalid",
          "errors": [
            {
              "in": "body",
              "pointer": "/roles",
              "code": "principal.invalid",
              "message": "a key has at most the roles that the principal has; these are not among them: `admin`",
              "suggestions": ["user"]
            },
            {"in":"body","pointer":"/expires_at","code":"principal.invalid","message":"`expires_at` is in the past"}
          ]
        }
        "#);
    });
}

#[test]
fn p7_a_key_is_told_once_and_kept_by_hash() {
    on_both(|world| {
        let admin = world.admin();
        admin.create_principal(json!({ "name": "ana", "roles": ["user"] })).done();
        let key = admin.create_key("ana", json!({ "name": "laptop", "roles": ["user"] })).done();
        told!(key, @r#"
        {
          "id": "<id 1>",
          "key": <key>,
          "name": "laptop",
          "roles": ["user"],
          "expires_at": null
        }
        "#);
        let secret = key["key"].as_str().unwrap();
        let told = admin.principal("ana").done().0;
        told!(told, @r#"
        {
          "id": "<id 1>",
          "name": "ana",
          "roles": ["user"],
          "created_at": "2026-01-01T00:00:00.000000Z",
          "suspended": false,
          "keys": [
            {
              "id": "<id 2>",
              "name": "laptop",
              "roles": ["user"],
              "expires_at": null,
              "created_at": "2026-01-01T00:00:00.000000Z"
            }
          ]
        }
        "#);
        assert!(!told.to_string().contains(secret));
        let trail = admin.audits(dmr::AuditFilter::default()).done().to_string();
        assert!(!trail.contains(secret));
    });
}

#[test]
fn p7_a_key_that_one_makes_has_at_most_what_one_came_with() {
    on_both(|world| {
        let admin = world.admin();
        admin.create_principal(json!({ "name": "ana", "roles": ["user", "clerk", "auditor"] })).done();
        let key = |person: &crate::world::Person, body: Value| person.create_key("ana", body).wait();
        let narrow = key(&admin, json!({ "roles": ["user"], "expires_at": "2026-01-02T00:00:00Z" })).done();
        let narrow = world.with_key(narrow["key"].as_str().unwrap());
        told!(key(&narrow, json!({})).done(), @r#"
        {
          "id": "<id 1>",
          "key": <key>,
          "name": null,
          "roles": ["user"],
          "expires_at": "2026-01-02T00:00:00.000000Z"
        }
        "#);
        told!(key(&narrow, json!({ "roles": ["clerk"] })).refused(), @r#"
        {
          "status": 422,
          "detail": "a key has at most the roles that you come with; these are not among them: `clerk`",
          "code": "principal.invalid",
          "errors": [
            {
              "in": "body",
              "pointer": "/roles",
              "code": "principal.invalid",
              "message": "a key has at most the roles that you come with; these are not among them: `clerk`",
              "suggestions": ["user"]
            }
          ]
        }
        "#);
        told!(key(&narrow, json!({ "expires_at": "2026-01-03T00:00:00Z" })).refused(), @r#"
        {
          "status": 422,
          "detail": "a key ends at the latest with the one it is made with: 2026-01-02T00:00:00.000000Z",
          "code": "principal.invalid",
          "errors": [
            {
              "in": "body",
              "pointer": "/expires_at",
              "code": "principal.invalid",
              "message": "a key ends at the latest with the one it is made with: 2026-01-02T00:00:00.000000Z",
              "suggestions": ["2026-01-02T00:00:00.000000Z"]
            }
          ]
        }
        "#);

        let all = key(&admin, json!({})).done();
        let all = world.with_key(all["key"].as_str().unwrap());
        let clerk = key(&all, json!({ "roles": ["clerk"] })).done();
        let clerk = clerk["key"].as_str().unwrap();
        assert_eq!(world.with_key(clerk).me().unwrap()["roles"], json!(["clerk"]));
        admin.change_principal("ana", json!({ "roles": ["user", "auditor"] }), None).done();
        assert_eq!(world.with_key(clerk).me().unwrap()["roles"], json!([]), "what the principal lost its keys lost");
    });
}

#[test]
fn p7_nobody_makes_more_keys_than_there_is_room_for() {
    on_both(|world| {
        let ana = world.person("ana", &["user"]);
        for _ in 1..dmr::core::people::MOST_KEYS {
            ana.create_key("ana", json!({})).done();
        }
        told!(ana.create_key("ana", json!({})).refused(), @r#"
        {
          "status": 422,
          "detail": "a principal has at most 100 keys",
          "code": "principal.invalid",
          "errors": [],
          "suggestions": ["delete keys that are not used"],
          "limit": "keys of a principal",
          "allowed": 100,
          "given": 101
        }
        "#);
    });
}

#[test]
fn p7_nobody_makes_anybody_more_than_it_is_itself() {
    on_both(|world| {
        let admin = world.admin();
        admin.set_role("people", json!({ "rights": ["principals", "audit"], "inherits": ["user"] })).done();
        let (max, ana) = (world.person("max", &["people", "clerk"]), world.person("ana", &["user"]));
        world.person("root", &["admin"]);

        max.create_principal(json!({ "name": "bob", "roles": ["user", "clerk", "people"] })).done();
        max.change_principal("ana", json!({ "roles": ["user", "clerk"] }), None).done();
        max.create_key("ana", json!({})).done();
        max.set_role("people", json!({ "rights": ["audit", "principals"], "inherits": ["user"] })).done();
        max.set_role("reader", json!({ "rights": ["audit"], "inherits": ["clerk"] })).done();

        told!(max.create_principal(json!({ "name": "eve", "roles": ["admin", "user"] })).refused(), @r#"
        {
          "status": 403,
          "detail": "you may not give a role that you do not hold: `admin`",
          "code": "right.missing",
          "errors": [],
          "suggestions": ["ask somebody who holds the role `admin`"]
        }
        "#);
        told!(max.change_principal("root", json!({ "suspended": true }), None).refused(), @r#"
        {
          "status": 403,
          "detail": "this principal holds a role that you do not hold: `admin`",
          "code": "right.missing",
          "errors": [],
          "suggestions": ["ask somebody who holds the role `admin`"]
        }
        "#);
        told!(max.set_role("clerk", json!({ "rights": ["register"] })).refused(), @r#"
        {
          "status": 403,
          "detail": "you may not give a right that you do not have: `register`",
          "code": "right.missing",
          "errors": [],
          "suggestions": ["ask somebody who holds the role `admin`"]
        }
        "#);
        told!(max.set_role("clerk", json!({ "inherits": ["admin"] })).refused(), @r#"
        {
          "status": 403,
          "detail": "you may not give a role that you do not hold: `admin`",
          "code": "right.missing",
          "errors": [],
          "suggestions": ["ask somebody who holds the role `admin`"]
        }
        "#);
        for refused in [
            max.change_principal("ana", json!({ "roles": ["boss"] }), None).refused(),
            max.change_principal("max", json!({ "roles": ["people", "admin"] }), None).refused(),
            max.delete_principal("root").refused(),
            max.create_key("root", json!({ "roles": [] })).refused(),
            max.create_key("administrator", json!({})).refused(),
        ] {
            assert_eq!(refused["code"], "right.missing");
        }
        admin.set_role("boss", json!({ "rights": ["settings"] })).done();
        admin.set_role("clerk", json!({ "inherits": ["boss"] })).done();
        assert_eq!(
            max.set_role("clerk", json!({})).done()["inherits"],
            json!([]),
            "who holds a role has what it inherits, and may take it away"
        );
        assert_eq!(max.set_role("boss", json!({})).refused()["code"], "right.missing");
        assert_eq!(ana.renewed_roles(&world), json!(["clerk", "user"]));
    });
}

impl crate::world::Person {
    /// Its roles as they are now.
    fn renewed_roles(&self, world: &World) -> Value {
        let local = world.registry.session(world.registry.local().unwrap());
        local.principal(&self.id()).unwrap().0["roles"].clone()
    }
}

#[test]
fn p7_roles_give_rights_and_inherit() {
    on_both(|world| {
        let admin = world.admin();
        told!(admin.set_role("lead", json!({ "rights": ["audit"], "inherits": ["clerk"] })).done(), @r#"{"name":"lead","rights":["audit"],"inherits":["clerk"]}"#);
        admin.set_role("clerk", json!({ "rights": ["deleted"] })).done();
        let ana = world.person("ana", &["lead"]);
        told!(ana.me().unwrap(), @r#"
        {
          "id": "<id 1>",
          "name": "ana",
          "roles": ["clerk","lead"],
          "rights": ["audit","deleted"],
          "anonymous": false
        }
        "#);
        told!(admin.roles().done(), @r#"
        {
          "items": [
            {"name":"admin","rights":["register","operate","audit","principals","deleted","settings","system"],"inherits":[]},
            {"name":"anonymous","rights":[],"inherits":[]},
            {"name":"clerk","rights":["deleted"],"inherits":[]},
            {"name":"lead","rights":["audit"],"inherits":["clerk"]},
            {"name":"user","rights":[],"inherits":[]}
          ],
          "next": null
        }
        "#);
        told!(admin.role("led").refused(), @r#"{"status":404,"detail":"there is no role `led`","code":"role.unknown","errors":[],"suggestions":["lead"]}"#);

        told!(admin.set_role("clerk", json!({ "inherits": ["lead"] })).refused(), @r#"
        {
          "status": 422,
          "detail": "`clerk` would inherit from itself",
          "code": "role.invalid",
          "errors": [{"in":"body","pointer":"/inherits","code":"role.invalid","message":"`clerk` would inherit from itself"}]
        }
        "#);
        told!(admin.set_role("admin", json!({ "rights": [] })).refused(), @r#"
        {
          "status": 422,
          "detail": "the role `admin` has every right; it cannot be changed, so that nobody locks everybody out",
          "code": "role.invalid",
          "errors": [
            {
              "in": "body",
              "pointer": "",
              "code": "role.invalid",
              "message": "the role `admin` has every right; it cannot be changed, so that nobody locks everybody out"
            }
          ]
        }
        "#);
        told!(admin.set_role("anonymous", json!({ "inherits": ["admin"] })).refused(), @r#"
        {
          "status": 422,
          "detail": "`anonymous` inherits nothing: say what it may do under its own name",
          "code": "role.invalid",
          "errors": [
            {
              "in": "body",
              "pointer": "/inherits",
              "code": "role.invalid",
              "message": "`anonymous` inherits nothing: say what it may do under its own name"
            }
          ]
        }
        "#);
        told!(admin.set_role("a b", json!({})).refused(), @r#"
        {
          "status": 422,
          "detail": "a role's name begins with a letter and holds ASCII letters, digits, `_`, `-`, `.` and `:`, at most 64",
          "code": "name.invalid",
          "errors": [
            {
              "in": "path",
              "pointer": "role",
              "code": "name.invalid",
              "message": "a role's name begins with a letter and holds ASCII letters, digits, `_`, `-`, `.` and `:`, at most 64",
              "suggestions": ["ab"]
            }
          ]
        }
        "#);
        told!(admin.set_role("clerk", json!({ "rights": ["deletd", "fly"], "inherit": [], "id": 1 })).refused(), @r#"
        {
          "status": 422,
          "detail": "4 problems; the first: there is no right `deletd`",
          "code": "role.invalid",
          "errors": [
            {"in":"body","pointer":"/rights/0","code":"role.invalid","message":"there is no right `deletd`","suggestions":["deleted"]},
            {
              "in": "body",
              "pointer": "/rights/1",
              "code": "role.invalid",
              "message": "there is no right `fly`",
              "suggestions": ["register","operate","audit","principals","deleted","settings","system"]
            },
            {"in":"body","pointer":"/inherit","code":"role.invalid","message":"there is no member `inherit`","suggestions":["inherits"]},
            {"in":"body","pointer":"/id","code":"role.invalid","message":"`id` is set by the system"}
          ]
        }
        "#);
    });
}

#[test]
fn p7_the_administrator_is_made_once_and_mended() {
    on_both(|world| {
        let first = world.registry.administrator_key("dev").done();
        let other = world.registry.administrator_key("other").done();
        let second = world.registry.administrator_key("dev").done();
        assert!(world.registry.authenticate(Some(&first)).is_err(), "it replaces the last one of that name");
        let admin = world.with_key(&second);
        assert_eq!(world.with_key(&other).me().unwrap(), admin.me().unwrap());
        told!(admin.me().unwrap(), @r#"
        {
          "id": "<id 1>",
          "name": "administrator",
          "roles": ["admin"],
          "rights": ["register","operate","audit","principals","deleted","settings","system"],
          "anonymous": false
        }
        "#);

        admin.change_principal("administrator", json!({ "suspended": true, "roles": [] }), None).done();
        assert!(world.registry.authenticate(Some(&other)).is_err());
        world.registry.administrator_key("dev").done();
        assert_eq!(world.with_key(&other).me().unwrap()["roles"], json!(["admin"]), "the owner of the data directory is not locked out");

        drop(admin);
        let world = world.reopened();
        assert!(world.registry.authenticate(Some(&other)).is_ok(), "keys outlive the process");
        assert!(world.registry.authenticate(Some(&first)).is_err());
    });
}

#[test]
fn p7_the_owner_acts_as_the_local_user_until_the_process_ends() {
    on_both(|world| {
        let registry: &Registry = &world.registry;
        let credential = registry.owner_credential().done();
        let owner = world.with_key(&credential);
        assert_eq!(owner.me().unwrap(), registry.session(registry.local().done()).me().unwrap());
        assert!(owner.me().unwrap()["name"].as_str().unwrap().starts_with("local:"));
        assert_eq!(owner.me().unwrap()["roles"], json!(["admin"]));

        let next = registry.owner_credential().done();
        assert!(registry.authenticate(Some(&credential)).is_err());
        owner.change_principal(&owner.id(), json!({ "suspended": true }), None).done();
        assert_eq!(registry.authenticate(Some(&next)).refused()["code"], "credential.invalid");
        assert_eq!(registry.local().refused()["code"], "credential.invalid");
    });
}

#[test]
fn p7_many_are_made_at_once() {
    on_both(|world| {
        let admin = world.admin();
        let made: Vec<_> = (0..64).map(|n| admin.create_principal(json!({ "name": format!("p{n}"), "roles": ["user"] }))).collect();
        made.into_iter().for_each(|pending| drop(pending.done()));
        assert_eq!(admin.principals(Some(1000), None).done()["items"].as_array().unwrap().len(), 65);
    });
}

#[test]
fn p7_who_was_demoted_meanwhile_is_held_against_what_it_is_now() {
    on_both(|world| {
        let (admin, ana) = (world.admin(), world.person("ana", &["admin"]));
        admin.change_principal("ana", json!({ "roles": ["user"] }), None).done();
        assert_eq!(ana.create_principal(json!({ "name": "eve", "roles": ["admin"] })).refused()["code"], "right.missing");
        admin.change_principal("ana", json!({ "suspended": true }), None).done();
        assert_eq!(ana.create_key("ana", json!({})).refused()["code"], "credential.invalid");
    });
}
