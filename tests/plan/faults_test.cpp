// Each thing that can be wrong with a plan is told once, at its place, in plain words.
#include <ostream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/plan/load.h"
#include "harness/plan/schemas.h"
#include "tests/plan/good_plan.h"
#include "tests/support/schema_check.h"

namespace mqtts::plan {
namespace {

// Who must find it: the JSON Schema as well (structure), or the loader alone (meaning).
enum class Finder {
  structure,
  meaning
};

struct Fault {
  std::string name;
  Finder finder;
  std::string good;  // a text that stands once in the good plan
  std::string bad;   // what replaces it; "@" marks where the problem must be told, and is taken out
  std::string told;  // a part of the message
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

struct Broken {
  std::string text;
  int line = 0;
  int column = 0;
};

Broken break_plan(const Fault& fault) {
  std::string text(good_plan);
  const auto at = text.find(fault.good);
  EXPECT_NE(at, std::string::npos) << fault.good;
  EXPECT_EQ(text.find(fault.good, at + 1), std::string::npos) << fault.good << " stands twice";
  text.replace(at, fault.good.size(), fault.bad);
  const auto mark = text.find('@');
  EXPECT_NE(mark, std::string::npos);
  text.erase(mark, 1);
  int line = 1;
  int column = 1;
  for (std::size_t i = 0; i < mark; ++i) {
    column = text[i] == '\n' ? 1 : column + 1;
    line += text[i] == '\n' ? 1 : 0;
  }
  return {text, line, column};
}

class PlanFaults : public testing::TestWithParam<Fault> {};

TEST_P(PlanFaults, is_told_once_at_its_place) {
  const auto broken = break_plan(GetParam());
  const auto loaded = parse_plan(broken.text, "p.json");
  EXPECT_FALSE(loaded.plan);
  ASSERT_EQ(loaded.problems.size(), 1U) << testing::PrintToString(GetParam());
  const auto& problem = loaded.problems.front();
  EXPECT_THAT(to_english(problem.message), testing::HasSubstr(GetParam().told));
  EXPECT_EQ(problem.line, broken.line) << to_english(problem.message);
  EXPECT_EQ(problem.column, broken.column) << to_english(problem.message);
  EXPECT_EQ(problem.file, "p.json");
  EXPECT_EQ(test::schema_allows(plan_schema(), broken.text), GetParam().finder == Finder::meaning);
}

constexpr auto structure = Finder::structure;
constexpr auto meaning = Finder::meaning;

const Fault whole_plan[] = {
    {"unknown_key", structure, R"("stages": [)", R"(@"stagse": [], "stages": [)",
     R"(unknown key "stagse"; did you mean "stages"?)"},
    {"unknown_key_like_no_other", structure, R"("name": "small")", R"(@"flavour": 1, "name": "small")",
     R"(unknown key "flavour"; known here: $schema, schema, name)"},
    {"missing_name", structure,
     "{\n  \"$schema\": \"plan.schema.json\",\n  \"schema\": \"mqtts-harness/plan/v1\",\n  \"name\": \"small\",",
     "@{\n  \"schema\": \"mqtts-harness/plan/v1\",", R"("name" is missing here)"},
    {"other_version", structure, R"("schema": "mqtts-harness/plan/v1")", R"("schema": @"mqtts-harness/plan/v2")",
     R"(this file is of schema "mqtts-harness/plan/v2"; "mqtts-harness/plan/v1")"},
    {"no_name", structure, R"("name": "small")", R"("name": @"no name")", R"("no name" is no name)"},
    {"name_not_a_text", structure, R"("name": "small")", R"("name": @3)", R"("name" must be a text)"},
    {"title_without_english", structure, R"("title": { "en": "Small", "fr": "Petit" })",
     R"("title": @{ "fr": "Petit" })", R"("en" is missing here)"},
    {"key_twice", meaning, R"("name": "small",)", R"("name": "small", @"name": "small",)",
     R"(the key "name" stands here twice)"},
    {"control_character", meaning, R"("en": "Small")", R"("en": @"\u001b[31m")", "one line without control characters"},
    {"undefined_variable", meaning, R"("round_trip": "${topic}")", R"("round_trip": @"${topci}")",
     R"(there is no variable "topci"; did you mean "topic"?)"},
    {"undefined_target_variable", meaning, R"("/CN=${broker.address}")", R"(@"/CN=${brokr.address}")",
     R"(did you mean "broker.address"?)"},
    {"unclosed_variable", meaning, R"("/CN=${broker.address}")", R"(@"/CN=${broker.address")", "is not closed"},
    {"variable_in_variable", meaning, R"("topic": "a/b")", R"("topic": @"a/${ca_file}")",
     R"(variable "topic" must not hold another one, "ca_file")"},
    {"variable_too_long", structure, R"("topic": "a/b")",
     "\"big\": @\"" + std::string(257, 'x') + R"(", "topic": "a/b")", R"("big" must have 256 characters at most)"},
    {"variable_with_a_dot", meaning, R"("topic": "a/b")", R"("topic": "a/b", @"broker.user": "x")",
     R"("broker.user" cannot be a variable of the plan)"},
};

const Fault materials[] = {
    {"unknown_issuer", meaning, R"("server": { "issuer": "ca")", R"("server": { "issuer": @"caa")",
     R"(there is no authority "caa"; known: ca, other)"},
    {"bad_subject", meaning, R"("subject": "/CN=CA")", R"("subject": @"Lab CA")", "is no subject"},
    {"bad_days", structure, R"("days": 10)", R"("days": @0)", R"("days" must be a whole number from 1 to 36500)"},
    {"days_beyond_all_numbers", structure, R"("days": 10)", R"("days": @123456789012345678901234567890)",
     R"("days" must be a whole number)"},
    {"bad_key_type", structure, R"("key": "ec:P-256")", R"("key": @"dsa")",
     R"(there is no key type "dsa"; known: rsa:2048)"},
    {"unknown_key_of", meaning, R"("key_of": "client")", R"("key_of": @"clint")",
     R"(there is no certificate "clint"; known: client, server, stranger)"},
    {"key_of_itself", meaning, R"("key_of": "client")", R"("key_of": @"stranger")", "has no key of its own"},
    {"key_of_another_type", meaning, R"("key_of": "client")", R"("key": @"ec:P-256", "key_of": "client")",
     R"(the key of "client" is of another type)"},
    {"certificate_called_as_authority", meaning, R"("certificates": {)",
     R"("certificates": { @"ca": { "issuer": "ca", "subject": "/CN=x" },)", R"("ca" is the name of an authority, too)"},
    {"empty_password", structure, R"("bob": "secret")", R"("bob": @"")", R"("bob" must not be empty)"},
    {"bad_user_name", structure, R"("bob": "secret")", R"("bob": "secret", @"a:b": "x")", R"("a:b" is no name)"},
    {"authority_without_subject", structure, R"({ "subject": "/CN=CA", "days": 10 })", R"(@{ "days": 10 })",
     R"("subject" is missing here)"},
    {"like_unknown", meaning, R"("subject": "/CN=CA")", R"("like": @"caa")",
     R"(there is no authority "caa"; known: ca, other)"},
    {"like_itself", meaning, R"("subject": "/CN=CA")", R"("like": @"ca")", "has no subject of its own"},
    {"like_beside_a_subject", meaning, R"("subject": "/CN=CA")", R"("like": "other", "subject": @"/CN=CA")",
     R"("like" says its subject)"},
    {"authority_of_an_unknown_issuer", meaning, R"("subject": "/CN=Other")",
     R"("subject": "/CN=Other", "issuer": @"rot")", R"(there is no authority "rot"; known: ca, other)"},
    {"authority_that_signs_itself", meaning, R"("subject": "/CN=Other")",
     R"("subject": "/CN=Other", "issuer": @"other")", "sign one another in a circle"},
    {"authorities_in_a_circle", meaning,
     R"("ca": { "subject": "/CN=CA", "days": 10 }, "other": { "subject": "/CN=Other", "key": "ec:P-256" })",
     R"("ca": { "subject": "/CN=CA" }, "other": { "subject": "/CN=Other" },
        "z": { "subject": "/CN=Z", "issuer": "y" }, "y": { "subject": "/CN=Y", "issuer": @"z" })",
     "sign one another in a circle"},
    {"ends_at_this_moment", meaning, R"("days": 10)", R"("days": 10, "begins_in_days": @-10)",
     "it would end at this very moment"},
    {"begins_too_early", structure, R"("days": 10)", R"("days": 10, "begins_in_days": @-36501)",
     R"("begins_in_days" must be a whole number from -36500 to 36500)"},
    {"unknown_digest", structure, R"("days": 10)", R"("days": 10, "digest": @"sha3")",
     R"(there is no digest "sha3"; known: sha256, sha384)"},
    {"digest_of_ed25519", meaning, R"("days": 10)", R"("days": 10, "key": "ed25519", "digest": @"sha512")",
     "a digest of its own"},
    {"digest_by_an_issuer_of_ed25519", meaning, R"("key": "ec:P-256" } },
    "certificates": {)",
     R"("key": "ed25519" } },
    "certificates": { "x": { "issuer": "other", "subject": "/CN=x", "digest": @"sha1" },)",
     "a digest of its own"},
    {"neither_issuer_nor_self_signed", structure, R"({ "issuer": "ca", "subject": "/CN=client")",
     R"(@{ "subject": "/CN=client")", R"("issuer" is missing here)"},
    {"issuer_and_self_signed", meaning, R"("issuer": "ca", "subject": "/CN=client")",
     R"("issuer": "ca", "self_signed": @true, "subject": "/CN=client")", R"(what signs itself has no "issuer")"},
    {"self_signed_and_revoked", meaning, R"("issuer": "ca", "subject": "/CN=client")",
     R"("self_signed": true, "revoked": @true, "subject": "/CN=client")", "only an authority revokes"},
    {"name_of_no_server", meaning, R"("subject": "/CN=client", "key": "rsa:2048")",
     R"("subject": "/CN=client", "san": ["a.example", "IP:${broker.address}", @"URI:https://b.example"])",
     R"("URI:https://b.example" is no name of a server)"},
    {"address_that_is_none", meaning, R"("subject": "/CN=client", "key": "rsa:2048")",
     R"("subject": "/CN=client", "san": ["IP:::1", @"IP:a.example"])", R"("IP:a.example" is no name of a server)"},
    {"unknown_usage", structure, R"("subject": "/CN=client", "key": "rsa:2048")",
     R"("subject": "/CN=client", "usage": ["serverAuth", @"clientauth"])",
     R"(there is no usage "clientauth"; known: serverAuth, clientAuth)"},
    {"unknown_key_usage", structure, R"("subject": "/CN=client", "key": "rsa:2048")",
     R"("subject": "/CN=client", "key_usage": [@"clientAuth"])",
     R"(there is no usage "clientAuth"; known: digitalSignature)"},
    {"no_such_file", meaning, R"("issuer": "ca", "subject": "/CN=client", "key": "rsa:2048")",
     R"("certificate_file": @"no.crt", "key_file": "/dev/../etc/passwd")", "no.crt"},
    {"certificate_file_alone", structure, R"({ "issuer": "ca", "subject": "/CN=client", "key": "rsa:2048" })",
     R"(@{ "certificate_file": "/etc/passwd" })", R"("key_file" is missing here)"},
    {"key_file_alone", meaning, R"("subject": "/CN=CA")", R"("subject": "/CN=CA", "key_file": @"/etc/passwd")",
     R"("key_file" is of no use without "certificate_file")"},
    {"file_and_recipe", meaning, R"("subject": "/CN=client", "key": "rsa:2048")",
     R"("certificate_file": "/etc/passwd", "key_file": "/etc/passwd", "key": @"rsa:2048")",
     R"("key" says how a certificate is made)"},
    {"authority_that_cannot_sign", meaning, R"({ "subject": "/CN=Other", "key": "ec:P-256" } },
    "certificates": {
      "server": { "issuer": "ca", "subject": "/CN=${broker.address}" },
      "client": { "issuer": "ca", "subject": "/CN=client", "key": "rsa:2048" },
      "stranger": { "issuer": "other")",
     R"({ "certificate_file": "/etc/passwd" } },
    "certificates": {
      "server": { "issuer": "ca", "subject": "/CN=${broker.address}" },
      "client": { "issuer": "ca", "subject": "/CN=client", "key": "rsa:2048" },
      "stranger": { "issuer": @"other")",
     R"("other" has no key to sign with)"},
    {"port_not_a_number", meaning, R"("port": "${broker.tls_port}")", R"("port": @"tls")", R"("tls" is no port)"},
    {"port_too_high", structure, R"("port": 1883)", R"("port": @65536)", R"("65536" is no port)"},
    {"port_of_another_kind", structure, R"("port": 1883)", R"("port": @[])", R"("port" must be a text)"},
    {"path_that_is_none", meaning, R"("tls": true })", R"("tls": true, "websocket": true, "path": @"a b" })",
     R"("a b" is no path of a WebSocket)"},
    {"path_without_websocket", meaning, R"("tls": true })", R"("tls": true, "path": @"/mqtt" })",
     R"(only a listener with "websocket": true has a "path")"},
    {"tls_not_a_flag", structure, R"("tls": true)", R"("tls": @"yes")", R"("tls" must be true or false)"},
};

const Fault stages[] = {
    {"stage_twice", meaning, R"("id": "second", "after": "first")", R"("id": @"first", "after": "first")",
     R"(there is another stage "first")"},
    {"first_with_after", meaning, R"("id": "first",)", R"("id": "first", "after": @"second",)",
     "the first stage builds on none"},
    {"no_after", meaning, "{\n      \"id\": \"second\", \"after\": \"first\",", "@{\n      \"id\": \"second\",",
     R"("after" is missing here)"},
    {"after_a_later_stage", meaning, R"("after": "first")", R"("after": @"second")",
     R"(no stage before this one is called "second"; known: first)"},
    {"no_checks", structure, R"("checks": [
        { "id": "open", "client": { "listener": "plain" }, "action": { "connect": {} }, "expect": "accepted" }
      ])",
     R"("checks": @[])", "a stage needs at least one check"},
    {"configuration_not_a_list", structure, R"("configuration": ["cafile ${ca_file}"])",
     R"("configuration": @"cafile ${ca_file}")", R"("configuration" must be a list)"},
    {"configuration_of_two_lines", meaning, R"("cafile ${ca_file}")", R"(@"cafile a\nallow_anonymous true")",
     R"("configuration" must be one line)"},
    {"without_what_is_not_there", meaning, R"("without": ["allow_anonymous true"])",
     R"("without": [@"allow_anonymus true"])",
     R"(no earlier stage has the line "allow_anonymus true"; did you mean "allow_anonymous true"?)"},
    {"relative_path", meaning, R"("path": "/etc/key")", R"("path": @"key")", R"("key" is no absolute path)"},
    {"bad_mode", meaning, R"("mode": "0640")", R"("mode": @"0999")", R"("0999" is no file mode)"},
    {"file_with_two_contents", structure, R"({ "path": "/etc/key", "private_key": "server")",
     R"(@{ "path": "/etc/key", "text": "x", "private_key": "server")", "a file must have exactly one of"},
    {"list_of_no_authority", meaning, R"("private_key": "server")", R"("crl": @"server")",
     R"(there is no authority "server"; known: ca, other)"},
    {"list_due_at_this_moment", structure, R"("private_key": "server")", R"("crl": "ca", "crl_days": @0)",
     R"("crl_days" must not be 0)"},
    {"days_of_no_list", structure, R"("private_key": "server")", R"("private_key": "server", "crl_days": @1)",
     R"("crl_days" is of no use without "crl")"},
    {"file_of_unknown_material", meaning, R"("private_key": "server")", R"("private_key": @"sever")",
     R"(there is no authority or certificate "sever")"},
    {"file_of_unknown_account", meaning, R"("accounts": ["ann", "bob"])", R"("accounts": ["ann", @"rob"])",
     R"(there is no account "rob"; known: ann, bob)"},
};

const Fault checks[] = {
    {"misspelt_key", structure, R"("points": 2.5)", R"(@"pionts": 2.5)",
     R"(unknown key "pionts"; did you mean "points"?)"},
    {"check_twice", meaning, R"("id": "cleartext")", R"("id": @"open")", R"(there is another check "open")"},
    {"negative_points", structure, R"("points": 2.5)", R"("points": @-1)",
     R"("points" must be a number from 0 to 1000)"},
    {"unknown_listener", meaning, R"("listener": "tls")", R"("listener": @"tsl")",
     R"(there is no listener "tsl"; known: plain, tls)"},
    {"unknown_trust", meaning, R"("trust": "ca")", R"("trust": @"server")", R"(there is no authority "server")"},
    {"unknown_account", meaning, R"("account": "ann")", R"("account": @"eve")", R"(there is no account "eve")"},
    {"unknown_mqtt_version", structure, R"("mqtt": "5.0")", R"("mqtt": @"4")", R"(there is no MQTT version "4")"},
    {"tls_means_nothing", meaning, R"("client": { "listener": "plain" })",
     R"("client": { "listener": "plain", "trust": @"ca" })",
     R"("trust" means nothing here: listener "plain" has no TLS)"},
    {"password_without_user", meaning, R"("client": { "listener": "plain" })",
     R"("client": { "listener": "plain", "password": @"x" })", "a password and no user name"},
    {"two_actions", structure, R"("action": { "connect": {} })", R"("action": @{ "connect": {}, "round_trip": "t" })",
     "exactly one of"},
    {"wildcard_topic", meaning, R"("round_trip": "${topic}")", R"("round_trip": @"a/#")", "a topic to publish to"},
    {"reader_for_nothing", structure, R"("action": { "connect": {} })", R"("action": { "connect": {}, "reader": @{} })",
     R"(only a "round_trip" has a "reader")"},
    {"unknown_reader", meaning, R"("reader": { "account": "bob")", R"("reader": { "account": @"rob")",
     R"(there is no account "rob")"},
    {"neither_client_nor_control", structure, R"({ "id": "open", "client": { "listener": "plain" },)",
     R"(@{ "id": "open",)", R"(a check needs a "client", or a "control" and a "change")"},
    {"change_without_control", structure, R"({ "id": "out", "control": "in",)", R"(@{ "id": "out",)",
     R"("control" is missing here)"},
    {"control_without_change", structure, R"({ "id": "cleartext", "control": "in", "change": { "listener": "plain" },)",
     R"(@{ "id": "cleartext", "control": "in",)", R"("change" is missing here)"},
    {"control_and_client", structure, R"("id": "cleartext",)",
     R"("id": "cleartext", "client": @{ "listener": "tls" },)", "not both"},
    {"negative_with_action", structure, R"("id": "cleartext",)", R"("id": "cleartext", "action": @{ "connect": {} },)",
     R"(leave "action" out)"},
    {"negative_proven", structure, R"("id": "cleartext",)", R"("id": "cleartext", "proven_by": @["out"],)",
     R"(only a check with a "client" can be proven by others)"},
    {"unknown_control", meaning, R"("id": "out", "control": "in")", R"("id": "out", "control": @"inn")",
     R"(there is no check "inn" that fits here; known: in)"},
    {"control_in_another_stage", meaning, R"("id": "out", "control": "in")", R"("id": "out", "control": @"open")",
     R"(check "open" belongs to stage "first")"},
    {"negative_control", meaning, R"("id": "cleartext", "control": "in")", R"("id": "cleartext", "control": @"out")",
     R"("out" is a negative check itself)"},
    {"change_of_nothing", structure, R"("change": { "certificate": null })", R"("change": @{})", "exactly one thing"},
    {"change_of_two_things", structure, R"("change": { "certificate": null })",
     R"("change": @{ "certificate": null, "account": null })", "exactly one thing of its control's client, not 2"},
    {"change_to_the_same", meaning, R"("change": { "certificate": null })", R"("change": { "certificate": @"client" })",
     R"(this changes nothing: the control's client has the same "certificate")"},
    {"change_to_the_same_user", meaning, R"("change": { "certificate": null })", R"("change": { "user_name": @"ann" })",
     R"(this changes nothing)"},
    {"change_of_what_is_not_there", meaning, R"("change": { "certificate": null })",
     R"("change": { "user_name": @null })", R"(this changes nothing)"},
    {"listener_taken_away", structure, R"("change": { "certificate": null })", R"("change": { "listener": @null })",
     R"("listener" cannot be taken away)"},
    {"positive_expects_refusal", meaning, R"("action": { "connect": {} }, "expect": "accepted")",
     R"("action": { "connect": {} }, "expect": @{ "closed": "broker" })",
     R"(a check with a "client" must expect "accepted")"},
    {"negative_expects_acceptance", meaning, R"("expect": { "refused": "network" })", R"("expect": @"accepted")",
     R"(a negative check must not expect "accepted")"},
    {"unknown_outcome", structure, R"("expect": { "refused": "network" })", R"("expect": @"rejected")",
     R"("rejected" is nothing to expect)"},
    {"two_outcomes", structure, R"("expect": { "refused": "network" })",
     R"("expect": @{ "refused": "network", "timeout": "network" })", "names one outcome"},
    {"no_outcome", structure, R"("expect": { "refused": "network" })", R"("expect": @{})", "must name an outcome"},
    {"unknown_layer", structure, R"("expect": { "refused": "network" })", R"("expect": { "refused": @"tls" })",
     R"("refused" cannot be by "tls"; known: mqtt, tls-peer, tls-self, network)"},
    {"wrong_layer", structure, R"({ "timeout": "network" })", R"({ "timeout": @"broker" })",
     R"("timeout" cannot be by "broker")"},
    {"reason_for_nothing", structure, R"({ "timeout": "network" })",
     R"({ "timeout": "network", "reason": @["timed_out"] })", R"(only "refused" has a "reason")"},
    {"unknown_reason", structure, R"("reason": ["unknown_ca"])", R"("reason": [@"unknown_cat"])",
     R"(there is no reason "unknown_cat")"},
    {"reason_not_a_list", structure, R"("reason": ["unknown_ca"])", R"("reason": @"unknown_ca")",
     R"("reason" must be a list)"},
    {"unknown_proof", meaning, R"("proven_by": ["out"])", R"("proven_by": [@"our"])",
     R"(there is no check "our" that fits here; known: out, cleartext)"},
    {"positive_proof", meaning, R"("proven_by": ["out"])", R"("proven_by": [@"in"])", R"("in" is no negative check)"},
};

const Fault marks[] = {
    {"misspelt_grading_key", structure, R"("due": )", R"(@"dew": )", R"(unknown key "dew"; did you mean "due"?)"},
    {"due_without_offset", meaning, R"("2026-12-01T18:00+01:00")", R"(@"2026-12-01T18:00")",
     R"("2026-12-01T18:00" is no date with a time of day and its offset from UTC)"},
    {"due_that_never_is", meaning, R"("2026-12-01T18:00+01:00")", R"(@"2026-02-30T18:00Z")", "is no date"},
    {"too_late", structure, "12.5", "@101", R"("percent_per_day" must be a number from 0 to 100)"},
    {"lateness_not_a_number", structure, "12.5", R"(@"12 %")", R"("percent_per_day" must be a number from 0 to 100)"},
    {"negative_grace", structure, R"("grace_minutes": 30)", R"("grace_minutes": @-1)",
     R"("grace_minutes" must be a whole number from 0 to 525600)"},
    {"misspelt_late_key", structure, R"("most_percent": 50)", R"(@"max_percent": 50)",
     R"(unknown key "max_percent"; did you mean "most_percent"?)"},
    {"unknown_visibility", structure, R"("after-due")", R"(@"after_due")",
     R"("visibility" cannot be "after_due"; did you mean "after-due"?)"},
    {"unknown_visibility_of_a_check", structure, R"("hidden")", R"(@"secret")",
     R"("visibility" cannot be "secret"; known: visible, after-due, hidden)"},
    {"unknown_detail", structure, R"("actual")", R"(@"actually")",
     R"("detail" cannot be "actually"; did you mean "actual"?)"},
    {"unknown_credit", structure, R"("credit": "all")", R"("credit": @"some-of-it")",
     R"("credit" cannot be "some-of-it"; known: partial, all)"},
    {"bonus_not_a_flag", structure, R"("bonus": true)", R"("bonus": @1)", R"("bonus" must be true or false)"},
    {"needs_not_a_list", structure, R"("needs": ["in"])", R"("needs": @"in")", R"("needs" must be a list)"},
    {"needs_what_is_not_there", meaning, R"("needs": ["in"])", R"("needs": [@"inn"])",
     R"(there is no check "inn" in this plan; did you mean "in"?)"},
    {"needs_what_is_like_no_other", meaning, R"("needs": ["in"])", R"("needs": [@"everything"])",
     R"(there is no check "everything" in this plan; known: cleartext, in, open, out)"},
    {"needs_itself", meaning, R"("needs": ["in"])", R"("needs": [@"out"])", "a check cannot need itself"},
    {"needs_in_a_circle", meaning,
     R"("needs": ["in"], "visibility": "hidden", "detail": "none" },
        { "id": "cleartext",)",
     R"("needs": [@"cleartext"], "visibility": "hidden", "detail": "none" },
        { "id": "cleartext", "needs": ["out"],)",
     "checks need one another in a circle: cleartext → out → cleartext"},
};

const Fault given[] = {
    {"given_on_this_machine", meaning, R"("host:/root/ca.key")", R"(@"ca.key")",
     R"("ca.key" is no file of the broker's host: one is written as "host:/path")"},
    {"given_by_a_relative_path", meaning, R"("host:/root/ca.key")", R"(@"host:ca.key")",
     R"("host:ca.key" is no file of the broker's host)"},
    {"given_key_without_its_certificate", structure, R"("ca": "host:${ca_file}", "ca_key": )", R"("ca_key": @)",
     R"("ca_key" is of no use without "ca")"},
    {"given_to_an_unknown_certificate", meaning, R"("identities": { "client")", R"("identities": { @"clinet")",
     R"(there is no certificate "clinet"; known: client, server, stranger)"},
    {"given_to_an_unknown_account", meaning, R"("bob": { "password_env")", R"(@"rob": { "password_env")",
     R"(there is no account "rob"; known: ann, bob)"},
    {"given_identity_without_a_key", structure,
     R"({ "certificate": "host:${host.home}/client.crt", "key": "host:/c.key" })",
     R"(@{ "certificate": "host:${host.home}/client.crt" })", R"("key" is missing here)"},
    {"given_identity_of_nothing", structure,
     R"({ "certificate": "host:${host.home}/client.crt", "key": "host:/c.key" })", "@[]",
     "an identity needs at least one certificate with its key"},
    {"given_alternative_without_a_key", structure,
     R"({ "certificate": "host:${host.home}/client.crt", "key": "host:/c.key" })",
     R"([{ "certificate": "host:/1.crt", "key": "host:/1.key" }, @{ "certificate": "host:/2.crt" }])",
     R"("key" is missing here)"},
    {"given_password_twice", structure, R"({ "password_env": "BOB" })",
     R"(@{ "password_env": "BOB", "password_file": "host:/b" })", "exactly one of"},
    {"given_is_misspelt", structure, R"("ca": "host:${ca_file}", )", R"("ca": "host:${ca_file}", @"ca_kye": "", )",
     R"(unknown key "ca_kye"; did you mean "ca_key"?)"},
};

const auto name_of = [](const testing::TestParamInfo<Fault>& info) { return info.param.name; };

INSTANTIATE_TEST_SUITE_P(whole_plan, PlanFaults, testing::ValuesIn(whole_plan), name_of);
INSTANTIATE_TEST_SUITE_P(materials, PlanFaults, testing::ValuesIn(materials), name_of);
INSTANTIATE_TEST_SUITE_P(stages, PlanFaults, testing::ValuesIn(stages), name_of);
INSTANTIATE_TEST_SUITE_P(marks, PlanFaults, testing::ValuesIn(marks), name_of);
INSTANTIATE_TEST_SUITE_P(given, PlanFaults, testing::ValuesIn(given), name_of);
INSTANTIATE_TEST_SUITE_P(checks, PlanFaults, testing::ValuesIn(checks), name_of);

}  // namespace
}  // namespace mqtts::plan
