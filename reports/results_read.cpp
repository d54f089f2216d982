#include <algorithm>
#include <sstream>
#include <string_view>

#include "reports/json_reader.h"
#include "reports/results_json.h"

namespace mqtts::reports {

// The readers of json_reader.h find these by the namespace of Place (ADL), so they are not in an unnamed one.
static void read(const Place& place, LocalText& text) {
  Object object(place);
  object.need("en", text.en);
  object.may("fr", text.fr);
  object.done();
}

// A message without "why" is kept as a fixed text.
static void read_message(Object& object, Message& message) {
  std::string told;
  object.may("message", told);
  object.may("why", message);
  if (message.empty()) message.text = told;
}

static void read(const Place& place, Message& message) {
  Object object(place);
  object.need("text", message.text);
  object.need("args", message.args);
  object.may("plural", message.plural);
  object.done();
}

// A message in an object of its own.
struct Told {
  Message& message;
};

static void read(const Place& place, Told& told) {
  Object object(place);
  read_message(object, told.message);
  object.done();
}

static void may_tell(Object& object, const char* key, Message& message) {
  Told told{message};
  object.may(key, told);
}

static void read(const Place& place, Verdict& verdict) {
  read_word(place, verdict, verdict_from, "pass, fail, error, skip");
}

static void read(const Place& place, Outcome& outcome) {
  read_word(place, outcome, outcome_from, "accepted, refused, closed, denied, timeout, garbled");
}

static void read(const Place& place, By& by) {
  read_word(place, by, by_from, "broker, mqtt, tls-peer, tls-self, network");
}

static void read(const Place& place, Visibility& visibility) {
  read_word(place, visibility, visibility_from, "visible, after-due, hidden");
}

static void read(const Place& place, FailureDetail& detail) {
  read_word(place, detail, failure_detail_from, "full, actual, none");
}

static void read(const Place& place, EvidenceKind& kind) {
  read_word(place, kind, evidence_kind_from, "broker-log, paho, tls, reproduce, note");
}

static void read(const Place& place, Evidence& evidence) {
  Object object(place);
  object.need("kind", evidence.kind);
  object.need("text", evidence.text);
  object.may("why", evidence.message);
  object.done();
  if (!evidence.message.empty()) evidence.text.clear();  // it can be told in any language
}

static void read(const Place& place, PeerCertificate& certificate) {
  Object object(place);
  object.may("subject", certificate.subject);
  object.may("issuer", certificate.issuer);
  object.may("serial", certificate.serial);
  object.may("sha256", certificate.sha256);
  object.may("key_sha256", certificate.key_sha256);
  object.may("issuer_key_sha256", certificate.issuer_key_sha256);
  object.may("not_before", certificate.not_before);
  object.may("not_after", certificate.not_after);
  object.done();
}

static void read(const Place& place, TlsFacts& tls) {
  Object object(place);
  object.may("version", tls.version);
  object.may("cipher", tls.cipher);
  object.may("certificate_requested", tls.certificate_requested);
  object.may("certificate_sent", tls.certificate_sent);
  object.may("verified", tls.verified);
  object.may("name_match", tls.name_match);
  object.may("chain", tls.chain);
  object.done();
}

static void read(const Place& place, FactValue& value) {
  const auto& json = place.value;
  if (json.is_boolean()) value = json.get<bool>();
  if (json.is_number()) value = json.get<double>();
  if (json.is_string()) value = json.get<std::string>();
  if (json.is_array()) read(place, value.emplace<std::vector<std::string>>());
  if (json.is_object() || json.is_null())
    place.complain(msg("{where} must be a text, a number, true, false, or a list of texts", {{"where", place.where}}));
}

static void read(const Place& place, FactOf& other) {
  Object object(place);
  object.need("check", other.check);
  object.need("fact", other.fact);
  object.done();
}

static void read(const Place& place, mqtts::Comparison& comparison) {
  read_word(place, comparison, comparison_from, "equals, one_of, contains, at_least, at_most");
}

static void read(const Place& place, Predicate& predicate) {
  Object object(place);
  object.need("fact", predicate.fact);
  object.need("comparison", predicate.comparison);
  std::optional<FactValue> value;
  std::optional<FactOf> other;
  object.may("value", value);
  object.may("of", other);
  if (value) predicate.wanted = *std::move(value);
  if (other) predicate.wanted = *std::move(other);
  object.done();
}

static void read(const Place& place, Facts& facts) {
  if (!place.value.is_object()) return place.complain(msg("{where} must be an object", {{"where", place.where}}));
  for (const auto& [name, value] : place.value.items())
    read(Place{value, place.where + '.' + name, place.complaint}, facts[name]);
}

static void read(const Place& place, Expected& expected) {
  Object object(place);
  object.need("outcome", expected.outcome);
  object.need("by", expected.by);
  object.may("reason", expected.reasons);
  object.may("facts", expected.facts);
  object.done();
}

static void read(const Place& place, Observation& observed) {
  Object object(place);
  object.need("outcome", observed.outcome);
  object.need("by", observed.by);
  object.may("code", observed.code);
  object.may("reason", observed.reason);
  object.may("tls", observed.tls);
  object.may("facts", observed.facts);
  object.may("superseded_by", observed.superseded_by);
  object.may("seconds", observed.seconds);
  object.done();
}

static void read(const Place& place, CheckResult& check) {
  Object object(place);
  std::vector<Evidence> evidence;
  object.need("id", check.id);
  object.may("title", check.title);
  object.may("hint", check.hint);
  object.may("tags", check.tags);
  object.need("verdict", check.verdict);
  object.need("seconds", check.seconds);
  object.need("points", check.points);
  object.need("max_points", check.max_points);
  object.may("bonus", check.bonus);
  object.may("visibility", check.visibility);
  object.may("detail", check.detail);
  may_tell(object, "withheld", check.withheld);
  object.may("control", check.control);
  object.may("changed", check.changed);
  object.need("expected", check.expected);
  object.may("observed", check.observed);
  read_message(object, check.message);
  object.may("evidence", evidence);
  object.done();
  if (check.observed) {
    check.observed->evidence = std::move(evidence);
  } else if (!evidence.empty()) {
    place.complain(msg("{where} has evidence, and nothing that was observed", {{"where", place.where}}));
  }
}

static void read(const Place& place, StageTiming& timing) {
  Object object(place);
  object.may("minting", timing.minting);
  object.may("transfer", timing.transfer);
  object.may("restart", timing.restart);
  object.may("probing", timing.probing);
  object.done();
}

static void read(const Place& place, StageResult& stage) {
  Object object(place);
  object.need("id", stage.id);
  object.may("title", stage.title);
  object.need("verdict", stage.verdict);
  object.may("points", stage.points);
  object.may("max_points", stage.max_points);
  object.may("hidden_checks", stage.hidden_checks);
  object.need("seconds", stage.seconds);
  object.may_time("started", stage.started);
  read_message(object, stage.message);
  object.may("detail", stage.detail);
  object.may("timing", stage.timing);
  object.need("checks", stage.checks);
  object.done();
}

using RosterColumn = std::pair<std::string, std::string>;

static void read(const Place& place, RosterColumn& column) {
  Object object(place);
  object.need("name", column.first);
  object.need("value", column.second);
  object.done();
}

static void read(const Place& place, Student& student) {
  Object object(place);
  object.need("id", student.id);
  object.may("name", student.name);
  object.may("email", student.email);
  object.may("target", student.target);
  object.may_time("due", student.due);
  object.may_time("submitted", student.submitted);
  object.may("columns", student.columns);
  object.done();
}

static void read(const Place& place, FingerprintKind& kind) {
  read_word(place, kind, fingerprint_kind_from, "ssh-host-key, ca-key, server-key, certificate-serial, password-hash");
}

static void read(const Place& place, Fingerprint& trait) {
  Object object(place);
  object.need("kind", trait.kind);
  object.need("value", trait.value);
  object.done();
}

static void read(const Place& place, TargetResult& target) {
  Object object(place);
  object.need("name", target.name);
  object.may("host", target.host);
  object.may("broker", target.broker);
  may_tell(object, "broker_doubt", target.broker_doubt);
  may_tell(object, "clock_doubt", target.clock_doubt);
  object.may("restored", target.restored);
  object.need("score", target.score);
  object.need("max_score", target.max_score);
  read_message(object, target.message);
  object.may("by_hand", target.by_hand);
  object.may("student", target.student);
  object.may("row", target.row);
  object.may("look", target.look);
  object.may_time("looked_at", target.looked_at);
  may_tell(object, "not_graded", target.not_graded);
  object.may("late_percent", target.late_percent);
  object.may("penalty", target.penalty);
  object.may("traits", target.traits);
  object.need("stages", target.stages);
  object.done();
}

static void read(const Place& place, RunInfo& run) {
  Object object(place);
  object.need("id", run.id);
  object.may_time("started", run.started);
  object.need("seconds", run.seconds);
  object.need("tool", run.tool);
  object.need("plan", run.plan);
  object.may("plan_title", run.plan_title);
  object.may("plan_sha256", run.plan_sha256);
  object.may("plan_file", run.plan_file);
  object.may("selection", run.selection);
  object.need("command", run.command);
  object.need("exit_code", run.exit_code);
  object.may("seed", run.seed);
  object.may_time("due", run.due);
  object.done();
}

static void read(const Place& place, Cause& cause) {
  Object object(place);
  read_message(object, cause.what);
  object.may("observed", cause.observed);
  object.need("checks", cause.checks);
  object.need("targets", cause.targets);
  object.done();
}

static void read(const Place& place, SharedFingerprint& copy) {
  Object object(place);
  object.need("kind", copy.kind);
  object.need("value", copy.value);
  object.need("targets", copy.targets);
  object.done();
}

static void read(const Place& place, ClassSummary& summary) {
  Object object(place);
  object.need("causes", summary.causes);
  object.need("copies", summary.copies);
  object.done();
}

static void read(const Place& place, Report& report) {
  constexpr std::string_view wanted = "mqtts-harness/results/v1";
  Object object(place);
  std::string schema;
  std::string for_editors;
  object.need("schema", schema);
  object.may("$schema", for_editors);
  if (schema != wanted) {
    place.complain(msg("not results of this version: the schema is {found}, and not {wanted}",
                       {{"found", schema}, {"wanted", std::string(wanted)}}));
  }
  object.need("run", report.run);
  object.need("targets", report.targets);
  object.may("summary", report.summary);
  object.done();
}

// Line and column count from 1, as in editors.
static Message not_json(std::istream& in, std::size_t byte) {
  in.clear();
  in.seekg(0);
  std::size_t line = 1;
  std::size_t column = 1;
  char c{};
  for (std::size_t i = 1; i < byte && in.get(c); ++i) {
    column = c == '\n' ? 1 : column + 1;
    line += c == '\n' ? 1 : 0;
  }
  return msg("not JSON: line {line}, column {column}",
             {{"line", std::to_string(line)}, {"column", std::to_string(column)}});
}

// `wanted` is nlohmann/json's parser callback: values that it rejects are not kept.
static Result<Report> read_from(std::istream& in, const nlohmann::json::parser_callback_t& wanted) {
  const auto hint =
      msg("give a results.json that mqtts-harness has written; `mqtts-harness schema results` describes it");
  nlohmann::json json;
  try {
    json = nlohmann::json::parse(in, wanted);
  } catch (const nlohmann::json::parse_error& error) {
    return failure(ErrorKind::invalid_input, not_json(in, error.byte), hint, error.what());
  } catch (const nlohmann::json::exception& error) {  // a number out of double's range
    return failure(ErrorKind::invalid_input, msg("JSON that cannot be held"), hint, error.what());
  }
  Report report;
  ParseError complaint;
  read(Place{json, "results", complaint}, report);
  if (!complaint.empty()) return failure(ErrorKind::invalid_input, complaint, hint);
  return report;
}

Result<Report> read_results(std::string_view text) {
  std::istringstream in{std::string(text)};
  return read_from(in, nullptr);
}

Result<RunInfo> read_run(std::istream& in) {
  constexpr int of_a_key = 1;
  constexpr int of_a_target = 2;
  bool among_targets = false;
  const auto wanted = [&](int depth, nlohmann::json::parse_event_t event, const nlohmann::json& parsed) {
    if (event == nlohmann::json::parse_event_t::key && depth == of_a_key) among_targets = parsed == "targets";
    return !among_targets || depth < of_a_target;
  };
  return read_from(in, wanted).map([](Report&& report) { return std::move(report.run); });
}

}  // namespace mqtts::reports
