#include <cmath>

#include "harness/model/next_step.h"
#include "harness/util/utf8.h"
#include "reports/describe.h"
#include "reports/numbers.h"
#include "reports/results_json.h"

namespace mqtts {

namespace texts {
extern const std::string_view results_schema;
}

namespace reports {
namespace {

using Json = nlohmann::ordered_json;

Json list_of(const std::vector<std::string>& texts) {
  auto list = Json::array();
  for (const auto& text : texts) list.push_back(valid_utf8(text));
  return list;
}

void put(Json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = valid_utf8(text);
}

void put(Json& object, const char* key, const std::vector<std::string>& texts) {
  if (!texts.empty()) object[key] = list_of(texts);
}

void put(Json& object, const char* key, const LocalText& text) {
  if (text == LocalText{}) return;
  object[key] = {{"en", valid_utf8(text.en)}};
  put(object[key], "fr", text.fr);
}

void put_why(Json& object, const Message& message) {
  auto args = Json::object();
  for (const auto& [name, value] : message.args) args[valid_utf8(name)] = valid_utf8(value);
  object["why"] = {{"text", valid_utf8(message.text)}, {"args", std::move(args)}};
  put(object["why"], "plural", message.plural);
}

void put(Json& object, const Message& message, const Translator& tr) {
  if (message.empty()) return;
  object["message"] = valid_utf8(tr(message));
  put_why(object, message);
}

// A message in an object of its own.
void put(Json& object, const char* key, const Message& message, const Translator& tr) {
  if (!message.empty()) put(object[key], message, tr);
}

Json json_of(const PeerCertificate& certificate) {
  auto json = Json::object();
  put(json, "subject", certificate.subject);
  put(json, "issuer", certificate.issuer);
  put(json, "serial", certificate.serial);
  put(json, "sha256", certificate.sha256);
  put(json, "key_sha256", certificate.key_sha256);
  put(json, "issuer_key_sha256", certificate.issuer_key_sha256);
  put(json, "not_before", certificate.not_before);
  put(json, "not_after", certificate.not_after);
  return json;
}

Json json_of(const TlsFacts& tls) {
  auto json = Json::object();
  put(json, "version", tls.version);
  put(json, "cipher", tls.cipher);
  json["certificate_requested"] = tls.certificate_requested;
  json["certificate_sent"] = tls.certificate_sent;
  if (tls.certificate_in_time) json["certificate_in_time"] = *tls.certificate_in_time;
  put(json, "verified", tls.verified);
  if (tls.key_proven) json["key_proven"] = true;
  put(json, "name_match", tls.name_match);
  if (tls.chain.empty()) return json;
  json["chain"] = Json::array();
  for (const auto& certificate : tls.chain) json["chain"].push_back(json_of(certificate));
  return json;
}

Json json_of(const FactValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* number = std::get_if<double>(&value)) return finite(*number);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return list_of(*list);
  return valid_utf8(std::get<std::string>(value));
}

Json json_of(const Predicate& predicate) {
  Json json = {{"fact", valid_utf8(predicate.fact)}, {"comparison", to_string(predicate.comparison)}};
  if (const auto* other = std::get_if<FactOf>(&predicate.wanted))
    json["of"] = {{"check", valid_utf8(other->check)}, {"fact", valid_utf8(other->fact)}};
  else
    json["value"] = json_of(std::get<FactValue>(predicate.wanted));
  return json;
}

Json json_of(const Expected& expected) {
  Json json = {{"outcome", to_string(expected.outcome)}, {"by", to_string(expected.by)}};
  put(json, "reason", expected.reasons);
  if (expected.reached) json["reached"] = to_string(*expected.reached);
  for (const auto& predicate : expected.facts) json["facts"].push_back(json_of(predicate));
  return json;
}

Json json_of(const Observation& observed) {
  Json json = {{"outcome", to_string(observed.outcome)}, {"by", to_string(observed.by)}};
  if (observed.code) json["code"] = *observed.code;
  put(json, "reason", observed.reason);
  if (observed.tls) json["tls"] = json_of(*observed.tls);
  for (const auto& [name, value] : observed.facts) json["facts"][valid_utf8(name)] = json_of(value);
  put(json, "superseded_by", observed.superseded_by);
  put(json, "set_aside", observed.set_aside);
  json["seconds"] = to_milliseconds(observed.seconds);
  return json;
}

Json json_of(const Evidence& evidence, const Translator& tr) {
  Json json = {{"kind", to_string(evidence.kind)}, {"text", valid_utf8(evidence_text(evidence, tr))}};
  if (!evidence.message.empty()) put_why(json, evidence.message);
  return json;
}

Json json_of(const PacketLine& packet) {
  Json json = {{"number", packet.number},
               {"seconds", packet.seconds},
               {"from", packet.direction == Direction::to_broker ? "client" : "broker"},
               {"protocol", valid_utf8(packet.protocol)},
               {"summary", valid_utf8(packet.summary)}};
  put(json, "inside", packet.inside);
  return json;
}

Json json_of(const Capture& capture) {
  Json json = {{"file", valid_utf8(capture.file)}, {"packets", capture.packets}, {"first", Json::array()}};
  for (const auto& packet : capture.first) json["first"].push_back(json_of(packet));
  return json;
}

Json json_of(const CheckResult& check, const Translator& tr) {
  Json json = {{"id", valid_utf8(check.id)}};
  put(json, "title", check.title);
  put(json, "hint", check.hint);
  put(json, "lines", check.lines);
  put(json, "see", check.see);
  put(json, "tags", check.tags);
  if (check.severity) json["severity"] = to_string(*check.severity);
  put(json, "references", check.references);
  json["verdict"] = to_string(check.verdict);
  json["seconds"] = to_milliseconds(check.seconds);
  json["points"] = finite(check.points);
  json["max_points"] = finite(check.max_points);
  if (check.bonus) json["bonus"] = true;
  if (check.visibility != Visibility::visible) json["visibility"] = to_string(check.visibility);
  if (check.detail != FailureDetail::full) json["detail"] = to_string(check.detail);
  put(json, "withheld", check.withheld, tr);
  put(json, "control", check.control);
  put(json, "changed", check.changed);
  json["expected"] = Json::array();
  for (const auto& expected : check.expected) json["expected"].push_back(json_of(expected));
  if (check.observed) json["observed"] = json_of(*check.observed);
  put(json, check.message, tr);
  if (check.capture) json["capture"] = json_of(*check.capture);
  if (!check.observed || check.observed->evidence.empty()) return json;
  json["evidence"] = Json::array();
  for (const auto& evidence : check.observed->evidence) json["evidence"].push_back(json_of(evidence, tr));
  return json;
}

Json json_of(const StageTiming& timing) {
  return {{"minting", to_milliseconds(timing.minting)},
          {"transfer", to_milliseconds(timing.transfer)},
          {"restart", to_milliseconds(timing.restart)},
          {"probing", to_milliseconds(timing.probing)}};
}

Json json_of(const StageResult& stage, const Translator& tr) {
  Json json = {{"id", valid_utf8(stage.id)}};
  put(json, "title", stage.title);
  json["verdict"] = to_string(stage.verdict);
  json["points"] = finite(stage.points);
  json["max_points"] = finite(stage.max_points);
  if (stage.hidden_checks > 0) json["hidden_checks"] = stage.hidden_checks;
  json["seconds"] = to_milliseconds(stage.seconds);
  put(json, "started", stage.started);
  put(json, stage.message, tr);
  put(json, "detail", stage.detail);
  json["timing"] = json_of(stage.timing);
  json["checks"] = Json::array();
  for (const auto& check : stage.checks) json["checks"].push_back(json_of(check, tr));
  return json;
}

// Columns are a list, to keep the roster's order.
Json json_of(const Student& student) {
  Json json = {{"id", valid_utf8(student.id)}};
  put(json, "name", student.name);
  put(json, "email", student.email);
  put(json, "target", student.target);
  put(json, "due", student.due);
  put(json, "submitted", student.submitted);
  for (const auto& [name, value] : student.columns)
    json["columns"].push_back({{"name", valid_utf8(name)}, {"value", valid_utf8(value)}});
  return json;
}

Json next_step_of(const TargetResult& target, const Translator& tr) {
  const auto step = next_step(target);
  if (!step) return nullptr;
  return {{"check", valid_utf8(target.stages[step->stage].checks[step->check].id)},
          {"text", valid_utf8(advice_text(advice_for(target, *step), tr))}};
}

void put(Json& json, const TopicsSeen& seen) {
  json["topics"] = Json::array();
  for (const auto& topic : seen.topics) {
    auto suspected = Json::array();
    for (const auto kind : topic.suspected) suspected.push_back(to_string(kind));
    json["topics"].push_back({{"topic", valid_utf8(topic.topic)},
                              {"messages", topic.messages},
                              {"retained", topic.retained},
                              {"suspected", std::move(suspected)}});
  }
  if (seen.truncated) json["topics_truncated"] = true;
}

Json json_of(const TargetResult& target, const Translator& tr) {
  Json json = {{"name", valid_utf8(target.name)}};
  put(json, "host", target.host);
  if (target.broker) json["broker"] = valid_utf8(*target.broker);
  put(json, "broker_doubt", target.broker_doubt, tr);
  put(json, "clock_doubt", target.clock_doubt, tr);
  put(json, "not_restarted", target.not_restarted, tr);
  if (target.restored) json["restored"] = *target.restored;
  json["score"] = finite(target.score);
  json["max_score"] = finite(target.max_score);
  put(json, target.message, tr);
  put(json, "by_hand", target.by_hand);
  if (target.student) json["student"] = json_of(*target.student);
  if (target.row > 0) json["row"] = target.row;
  if (target.round > 0) json["look"] = target.round;
  put(json, "looked_at", target.looked_at);
  put(json, "not_graded", target.not_graded, tr);
  if (target.late_percent > 0) json["late_percent"] = finite(target.late_percent);
  if (target.penalty > 0) json["penalty"] = finite(target.penalty);
  for (const auto& fingerprint : target.fingerprints)
    json["traits"].push_back({{"kind", to_string(fingerprint.kind)}, {"value", valid_utf8(fingerprint.value)}});
  put(json, "grade", target.grade);
  if (!target.grade.empty()) json["remedies"] = list_of(target.remedies);
  put(json, "broker_known_by", target.broker_known_by, tr);
  if (target.wrong_logins > 0) json["wrong_logins"] = target.wrong_logins;
  if (target.topics) put(json, *target.topics);
  json["next_step"] = next_step_of(target, tr);
  json["stages"] = Json::array();
  for (const auto& stage : target.stages) json["stages"].push_back(json_of(stage, tr));
  return json;
}

Json json_of(const RunInfo& run) {
  Json json = {{"id", valid_utf8(run.id)}};
  put(json, "started", run.started);
  json["seconds"] = to_milliseconds(run.seconds);
  json["tool"] = valid_utf8(run.tool);
  json["plan"] = valid_utf8(run.plan);
  put(json, "plan_title", run.plan_title);
  put(json, "plan_sha256", run.plan_sha256);
  put(json, "plan_file", run.plan_file);
  put(json, "selection", run.selection);
  if (run.configuration != Configuration::unknown) json["configuration"] = to_string(run.configuration);
  json["command"] = list_of(run.command);
  json["exit_code"] = run.exit_code;
  put(json, "seed", run.seed);
  put(json, "due", run.due);
  return json;
}

Json json_of(const ClassSummary& summary, const Translator& tr) {
  Json json = {{"causes", Json::array()}, {"copies", Json::array()}};
  for (const auto& cause : summary.causes) {
    auto& one = json["causes"].emplace_back(Json::object());
    put(one, cause.what, tr);
    if (cause.observed) one["observed"] = json_of(*cause.observed);
    one["checks"] = list_of(cause.checks);
    one["targets"] = list_of(cause.targets);
  }
  for (const auto& copy : summary.copies)
    json["copies"].push_back(
        {{"kind", to_string(copy.kind)}, {"value", valid_utf8(copy.value)}, {"targets", list_of(copy.targets)}});
  return json;
}

}  // namespace

nlohmann::ordered_json to_json(const Report& report, const Translator& tr) {
  Json json = {{"schema", "mqtts-harness/results/v1"}, {"run", json_of(report.run)}, {"targets", Json::array()}};
  for (const auto& target : report.targets) json["targets"].push_back(json_of(target, tr));
  if (report.summary) json["summary"] = json_of(*report.summary, tr);
  return json;
}

// nlohmann/json cannot write a list whose elements are not all in memory. So the frame is written with an empty list,
// and the elements are inserted with the indentation of a complete dump: no JSON string contains a line end, so that
// the list's line is unambiguous (RFC 8259, section 7).
Result<void> write_results(const Report& report, const EachTarget& each_target, const Translator& tr,
                           const Sink& sink) {
  const auto frame = to_json({.run = report.run, .targets = {}, .summary = report.summary}, tr).dump(2) + '\n';
  constexpr std::string_view list = "\n  \"targets\": [";
  const auto begin = frame.find(list) + list.size();
  sink(std::string_view(frame).substr(0, begin));
  std::string_view between = "\n    ";
  const auto written = each_target([&](const TargetResult& target) -> Result<void> {
    std::string piece(between);
    for (const char c : json_of(target, tr).dump(2)) piece += c == '\n' ? "\n    " : std::string_view(&c, 1);
    between = ",\n    ";
    sink(piece);
    return {};
  });
  if (!written) return written;
  if (between.front() == ',') sink("\n  ");
  sink(std::string_view(frame).substr(begin));
  return {};
}

std::string results_text(const Report& report, const Translator& tr) { return to_json(report, tr).dump(2) + '\n'; }

std::string_view results_schema() { return texts::results_schema; }

}  // namespace reports
}  // namespace mqtts
