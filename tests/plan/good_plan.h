// A plan that is right, with something of everything, for tests to break.
#pragma once

#include <string>
#include <string_view>

#include "harness/plan/load.h"
#include "harness/probes/probes.h"

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
  "given": {
    "ca": "host:${ca_file}", "ca_key": "host:/root/ca.key",
    "identities": { "client": { "certificate": "host:${host.home}/client.crt", "key": "host:/c.key" } },
    "accounts": { "ann": { "password_file": "host:${host.root}/ann" }, "bob": { "password_env": "BOB" } }
  },
  "grading": {
    "due": "2026-12-01T18:00+01:00",
    "late": { "percent_per_day": 12.5, "most_percent": 50, "grace_minutes": 30 },
    "visibility": "after-due", "detail": "actual"
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
      "credit": "all",
      "checks": [
        { "id": "in", "points": 2.5, "tags": ["x"], "title": { "en": "In" }, "hint": { "en": "Mend" },
          "client": { "listener": "tls", "trust": "ca", "certificate": "client", "account": "ann", "mqtt": "5.0" },
          "action": { "round_trip": "${topic}", "reader": { "account": "bob", "certificate": "server" } },
          "expect": "accepted", "proven_by": ["out"], "bonus": true },
        { "id": "out", "control": "in", "change": { "certificate": null },
          "expect": [{ "refused": "tls-peer", "reason": ["unknown_ca"] }, { "timeout": "network" }],
          "needs": ["in"], "visibility": "hidden", "detail": "none" },
        { "id": "cleartext", "control": "in", "change": { "listener": "plain" }, "expect": { "refused": "network" } }
      ]
    }
  ]
}
)";

// With the kinds of probe that the program has.
inline Loaded parse_plan(std::string_view text, const std::string& path, const Overrides& overrides = {}) {
  return parse_plan(text, path, overrides, probes::kinds());
}
inline Loaded load_plan(const std::string& path, const Overrides& overrides = {}) {
  return load_plan(path, overrides, probes::kinds());
}

}  // namespace mqtts::plan
