// A plan that is right, with something of everything, for tests to break.
#pragma once

#include <string_view>

namespace mqtts::plan {

inline constexpr std::string_view good_plan = R"({
  "$schema": "plan.schema.json",
  "schema": "mqtts-harness/plan/v1",
  "name": "small",
  "title": { "en": "Small", "fr": "Petit" },
  "materials": {
    "authorities": { "ca": { "subject": "/CN=CA", "days": 10 }, "other": { "subject": "/CN=Other", "key": "ec:P-256" } },
    "certificates": {
      "server": { "issuer": "ca", "subject": "/CN=${broker.address}" },
      "client": { "issuer": "ca", "subject": "/CN=client", "key": "rsa:2048" },
      "stranger": { "issuer": "other", "subject": "/CN=client", "key_of": "client" }
    },
    "accounts": { "ann": "${random}", "bob": "secret" }
  },
  "listeners": { "plain": { "port": 1883 }, "tls": { "port": "${broker.tls_port}", "tls": true } },
  "variables": { "topic": "a/b", "ca_file": "${host.home}/ca.crt" },
  "stages": [
    {
      "id": "first",
      "configuration": ["listener 1883", "allow_anonymous true"],
      "checks": [
        { "id": "open", "client": { "listener": "plain" }, "action": { "connect": {} }, "expect": "accepted" }
      ]
    },
    {
      "id": "second", "after": "first",
      "files": [
        { "path": "${ca_file}", "certificate": "ca", "mode": "0640" },
        { "path": "/etc/key", "private_key": "server", "owner": "${broker.user}" },
        { "path": "/etc/passwords", "accounts": ["ann", "bob"] },
        { "path": "/etc/note", "text": "one\ntwo" }
      ],
      "without": ["allow_anonymous true"],
      "configuration": ["cafile ${ca_file}"],
      "checks": [
        { "id": "in", "points": 2.5, "tags": ["x"], "title": { "en": "In" }, "hint": { "en": "Mend" },
          "client": { "listener": "tls", "trust": "ca", "certificate": "client", "account": "ann", "mqtt": "5.0" },
          "action": { "round_trip": "${topic}", "reader": { "account": "bob", "certificate": "server" } },
          "expect": "accepted", "proven_by": ["out"] },
        { "id": "out", "control": "in", "change": { "certificate": null },
          "expect": [{ "refused": "tls-peer", "reason": ["unknown_ca"] }, { "timeout": "network" }] },
        { "id": "cleartext", "control": "in", "change": { "listener": "plain" }, "expect": { "refused": "network" } }
      ]
    }
  ]
}
)";

}  // namespace mqtts::plan
