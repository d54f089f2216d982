#include <algorithm>
#include <sstream>
#include <string_view>

#include "reports/json_reader.h"
#include "reports/results_json.h"

namespace mqtts::reports {

// The readers of json_reader.h find these by the namespace of Place (ADL), so they are not in an unnamed one.
static void read(const JsonPath& path, LocalText& text) {
  Object object(path);
  object.required("en", text.en);
  object.optional("fr", text.fr);
  object.done();
}

// A message without "why" is kept as a fixed text.
static void read_message(Object& object, Message& message) {
  std::string told;
  object.optional("message", told);
  object.optional("why", message);
  if (message.empty()) message.text = told;
}

static void read(const JsonPath& path, Message& message) {
  Object object(path);
  object.required("text", message.text);
  object.required("args", message.args);
  object.optional("plural", message.plural);
  object.done();
}

// A message in an object of its own.
struct Told {
  Message& message;
};

static void read(const JsonPath& path, Told& told) {
  Object object(path);
  read_message(object, told.message);
  object.done();
}

static void may_tell(Object& object, const char* key, Message& message) {
  Told told{message};
  object.optional(key, told);
}

static void read(const JsonPath& path, Verdict& verdict) {
  read_word(path, verdict, verdict_from, "pass, fail, error, skip");
}

static void read(const JsonPath& path, Severity& severity) {
  read_word(path, severity, severity_from, "info, low, medium, high, critical");
}

static void read(const JsonPath& path, Outcome& outcome) {
  read_word(path, outcome, outcome_from, "accepted, refused, closed, denied, timeout, garbled");
}

static void read(const JsonPath& path, By& by) {
  read_word(path, by, by_from, "broker, mqtt, tls-peer, tls-self, network");
}

static void read(const JsonPath& path, Configuration& configuration) {
  read_word(path, configuration, configuration_from, "applied, as-found");
}

static void read(const JsonPath& path, Layer& layer) {
  read_word(path, layer, layer_from, "network, server, tls, mqtt, action");
}

static void read(const JsonPath& path, Visibility& visibility) {
  read_word(path, visibility, visibility_from, "visible, after-due, hidden");
}

static void read(const JsonPath& path, FailureDetail& detail) {
  read_word(path, detail, failure_detail_from, "full, actual, none");
}

static void read(const JsonPath& path, EvidenceKind& kind) {
  read_word(path, kind, evidence_kind_from, "broker-log, paho, tls, reproduce, note");
}

static void read(const JsonPath& path, Evidence& evidence) {
  Object object(path);
  object.required("kind", evidence.kind);
  object.required("text", evidence.text);
  object.optional("why", evidence.message);
  object.done();
  if (!evidence.message.empty()) evidence.text.clear();  // it can be told in any language
}

static void read(const JsonPath& path, PeerCertificate& certificate) {
  Object object(path);
  object.optional("subject", certificate.subject);
  object.optional("issuer", certificate.issuer);
  object.optional("serial", certificate.serial);
  object.optional("sha256", certificate.sha256);
  object.optional("key_sha256", certificate.key_sha256);
  object.optional("issuer_key_sha256", certificate.issuer_key_sha256);
  object.optional("not_before", certificate.not_before);
  object.optional("not_after", certificate.not_after);
  object.done();
}

static void read(const JsonPath& path, TlsFacts& tls) {
  Object object(path);
  object.optional("version", tls.version);
  object.optional("cipher", tls.cipher);
  object.optional("certificate_requested", tls.certificate_requested);
  object.optional("certificate_sent", tls.certificate_sent);
  object.optional("certificate_in_time", tls.certificate_in_time);
  object.optional("verified", tls.verified);
  object.optional("key_proven", tls.key_proven);
  object.optional("name_match", tls.name_match);
  object.optional("chain", tls.chain);
  object.done();
}

static void read(const JsonPath& path, FactValue& value) {
  const auto& json = path.value;
  if (json.is_boolean()) value = json.get<bool>();
  if (json.is_number()) value = json.get<double>();
  if (json.is_string()) value = json.get<std::string>();
  if (json.is_array()) read(path, value.emplace<std::vector<std::string>>());
  if (json.is_object() || json.is_null())
    path.fail(msg("{where} must be a text, a number, true, false, or a list of texts", {{"where", path.where}}));
}

static void read(const JsonPath& path, FactOf& other) {
  Object object(path);
  object.required("check", other.check);
  object.required("fact", other.fact);
  object.done();
}

static void read(const JsonPath& path, mqtts::Comparison& comparison) {
  read_word(path, comparison, comparison_from, "equals, one_of, contains, at_least, at_most");
}

static void read(const JsonPath& path, Predicate& predicate) {
  Object object(path);
  object.required("fact", predicate.fact);
  object.required("comparison", predicate.comparison);
  std::optional<FactValue> value;
  std::optional<FactOf> other;
  object.optional("value", value);
  object.optional("of", other);
  if (value) predicate.wanted = *std::move(value);
  if (other) predicate.wanted = *std::move(other);
  object.done();
}

static void read(const JsonPath& path, Facts& facts) {
  if (!path.value.is_object()) return path.fail(msg("{where} must be an object", {{"where", path.where}}));
  for (const auto& [name, value] : path.value.items())
    read(JsonPath{value, path.where + '.' + name, path.complaint}, facts[name]);
}

static void read(const JsonPath& path, Expected& expected) {
  Object object(path);
  object.required("outcome", expected.outcome);
  object.required("by", expected.by);
  object.optional("reason", expected.reasons);
  object.optional("facts", expected.facts);
  object.optional("reached", expected.reached);
  object.done();
}

static void read(const JsonPath& path, Observation& observed) {
  Object object(path);
  object.required("outcome", observed.outcome);
  object.required("by", observed.by);
  object.optional("code", observed.code);
  object.optional("reason", observed.reason);
  object.optional("tls", observed.tls);
  object.optional("facts", observed.facts);
  object.optional("superseded_by", observed.superseded_by);
  object.optional("set_aside", observed.set_aside);
  object.optional("seconds", observed.seconds);
  object.done();
}

static std::optional<Direction> direction_from(std::string_view sender) {
  if (sender == "client") return Direction::to_broker;
  if (sender == "broker") return Direction::to_client;
  return std::nullopt;
}

static void read(const JsonPath& path, Direction& direction) {
  read_word(path, direction, direction_from, "client, broker");
}

static void read(const JsonPath& path, PacketLine& packet) {
  Object object(path);
  object.required("number", packet.number);
  object.required("seconds", packet.seconds);
  object.required("from", packet.direction);
  object.required("protocol", packet.protocol);
  object.required("summary", packet.summary);
  object.optional("inside", packet.inside);
  object.done();
}

static void read(const JsonPath& path, Capture& capture) {
  Object object(path);
  object.required("file", capture.file);
  object.required("packets", capture.packets);
  object.required("first", capture.first);
  object.done();
}

static void read(const JsonPath& path, CheckResult& check) {
  Object object(path);
  std::vector<Evidence> evidence;
  object.required("id", check.id);
  object.optional("title", check.title);
  object.optional("hint", check.hint);
  object.optional("lines", check.lines);
  object.optional("see", check.see);
  object.optional("tags", check.tags);
  object.optional("severity", check.severity);
  object.optional("references", check.references);
  object.required("verdict", check.verdict);
  object.required("seconds", check.seconds);
  object.required("points", check.points);
  object.required("max_points", check.max_points);
  object.optional("bonus", check.bonus);
  object.optional("visibility", check.visibility);
  object.optional("detail", check.detail);
  may_tell(object, "withheld", check.withheld);
  object.optional("control", check.control);
  object.optional("changed", check.changed);
  object.required("expected", check.expected);
  object.optional("observed", check.observed);
  read_message(object, check.message);
  object.optional("evidence", evidence);
  object.optional("capture", check.capture);
  object.done();
  if (check.observed) {
    check.observed->evidence = std::move(evidence);
  } else if (!evidence.empty()) {
    path.fail(msg("{where} has evidence, and nothing that was observed", {{"where", path.where}}));
  }
}

static void read(const JsonPath& path, StageTiming& timing) {
  Object object(path);
  object.optional("minting", timing.minting);
  object.optional("transfer", timing.transfer);
  object.optional("restart", timing.restart);
  object.optional("probing", timing.probing);
  object.done();
}

static void read(const JsonPath& path, StageResult& stage) {
  Object object(path);
  object.required("id", stage.id);
  object.optional("title", stage.title);
  object.required("verdict", stage.verdict);
  object.optional("points", stage.points);
  object.optional("max_points", stage.max_points);
  object.optional("hidden_checks", stage.hidden_checks);
  object.required("seconds", stage.seconds);
  object.may_time("started", stage.started);
  read_message(object, stage.message);
  object.optional("detail", stage.detail);
  object.optional("timing", stage.timing);
  object.required("checks", stage.checks);
  object.done();
}

using RosterColumn = std::pair<std::string, std::string>;

static void read(const JsonPath& path, RosterColumn& column) {
  Object object(path);
  object.required("name", column.first);
  object.required("value", column.second);
  object.done();
}

static void read(const JsonPath& path, Student& student) {
  Object object(path);
  object.required("id", student.id);
  object.optional("name", student.name);
  object.optional("email", student.email);
  object.optional("target", student.target);
  object.may_time("due", student.due);
  object.may_time("submitted", student.submitted);
  object.optional("columns", student.columns);
  object.done();
}

static void read(const JsonPath& path, FingerprintKind& kind) {
  read_word(path, kind, fingerprint_kind_from, "ssh-host-key, ca-key, server-key, certificate-serial, password-hash");
}

static void read(const JsonPath& path, Fingerprint& fingerprint) {
  Object object(path);
  object.required("kind", fingerprint.kind);
  object.required("value", fingerprint.value);
  object.done();
}

// What follows from the checks is derived from them again.
struct WrittenStep {
  std::string check;
  std::string text;
};

static void read(const JsonPath& path, WrittenStep& step) {
  if (path.value.is_null()) return;
  Object object(path);
  object.required("check", step.check);
  object.required("text", step.text);
  object.done();
}

static void read(const JsonPath& path, DataKind& kind) {
  read_word(path, kind, data_kind_from, "email, position, phone, card, password, token, private-key");
}

static void read(const JsonPath& path, TopicSeen& topic) {
  Object object(path);
  object.required("topic", topic.topic);
  object.required("messages", topic.messages);
  object.required("retained", topic.retained);
  object.required("suspected", topic.suspected);
  object.done();
}

static void read(const JsonPath& path, TargetResult& target) {
  Object object(path);
  object.required("name", target.name);
  object.optional("host", target.host);
  object.optional("broker", target.broker);
  may_tell(object, "broker_doubt", target.broker_doubt);
  may_tell(object, "clock_doubt", target.clock_doubt);
  may_tell(object, "not_restarted", target.not_restarted);
  object.optional("restored", target.restored);
  object.optional("grade", target.grade);
  object.optional("remedies", target.remedies);
  may_tell(object, "broker_known_by", target.broker_known_by);
  object.optional("wrong_logins", target.wrong_logins);
  std::optional<std::vector<TopicSeen>> topics;
  bool is_truncated = false;
  object.optional("topics", topics);
  object.optional("topics_truncated", is_truncated);
  if (topics) target.topics = TopicsSeen{*std::move(topics), is_truncated};
  object.required("score", target.score);
  object.required("max_score", target.max_score);
  read_message(object, target.message);
  object.optional("by_hand", target.by_hand);
  object.optional("student", target.student);
  object.optional("row", target.row);
  object.optional("look", target.round);
  object.may_time("looked_at", target.looked_at);
  may_tell(object, "not_graded", target.not_graded);
  object.optional("late_percent", target.late_percent);
  object.optional("penalty", target.penalty);
  object.optional("traits", target.fingerprints);
  WrittenStep derived;
  object.optional("next_step", derived);
  object.required("stages", target.stages);
  object.done();
}

static void read(const JsonPath& path, RunInfo& run) {
  Object object(path);
  object.required("id", run.id);
  object.may_time("started", run.started);
  object.required("seconds", run.seconds);
  object.required("tool", run.tool);
  object.required("plan", run.plan);
  object.optional("plan_title", run.plan_title);
  object.optional("plan_sha256", run.plan_sha256);
  object.optional("plan_file", run.plan_file);
  object.optional("selection", run.selection);
  object.optional("configuration", run.configuration);
  object.required("command", run.command);
  object.required("exit_code", run.exit_code);
  object.optional("seed", run.seed);
  object.may_time("due", run.due);
  object.done();
}

static void read(const JsonPath& path, Cause& cause) {
  Object object(path);
  read_message(object, cause.what);
  object.optional("observed", cause.observed);
  object.required("checks", cause.checks);
  object.required("targets", cause.targets);
  object.done();
}

static void read(const JsonPath& path, SharedFingerprint& copy) {
  Object object(path);
  object.required("kind", copy.kind);
  object.required("value", copy.value);
  object.required("targets", copy.targets);
  object.done();
}

static void read(const JsonPath& path, ClassSummary& summary) {
  Object object(path);
  object.required("causes", summary.causes);
  object.required("copies", summary.copies);
  object.done();
}

static void read(const JsonPath& path, Report& report) {
  constexpr std::string_view wanted = "mqtts-harness/results/v1";
  Object object(path);
  std::string schema;
  std::string for_editors;
  object.required("schema", schema);
  object.optional("$schema", for_editors);
  if (schema != wanted) {
    path.fail(msg("not results of this version: the schema is {found}, and not {wanted}",
                  {{"found", schema}, {"wanted", std::string(wanted)}}));
  }
  object.required("run", report.run);
  object.required("targets", report.targets);
  object.optional("summary", report.summary);
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
  read(JsonPath{json, "results", complaint}, report);
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
