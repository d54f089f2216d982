#include "reports/sarif.h"

#include <map>
#include <set>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "harness/util/digest.h"
#include "harness/util/seeded_random.h"
#include "reports/cases.h"
#include "reports/plain_text.h"

namespace mqtts::reports {
namespace {

using Json = nlohmann::ordered_json;

// A path as a URI reference (RFC 3986 section 4.2): relative unchanged, absolute with its scheme.
std::string uri_of(std::string_view path) {
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return uri;
}

std::string plan_uri(const RunInfo& run) {
  return uri_of(run.plan_file.empty() ? "scenarios/" + run.plan + ".json" : run.plan_file);
}

Json text(std::string_view tr) { return {{"text", plain_block(tr)}}; }

// GitHub's scale: above 9 critical, from 7 high, from 4 medium, else low.
std::string_view security_score_of(Severity severity) {
  switch (severity) {
    case Severity::critical: return "9.5";
    case Severity::high: return "8.0";
    case Severity::medium: return "5.0";
    case Severity::low: return "2.0";
    case Severity::info: return "0.1";
  }
  return "0.1";
}

std::string_view level_of(const CheckResult* check, Verdict verdict) {
  if (verdict != Verdict::fail) return "warning";
  if (check == nullptr || !check->severity || *check->severity >= Severity::high) return "error";
  return *check->severity == Severity::medium ? "warning" : "note";
}

Json rule_of(const std::string& id, const CheckResult* check, const Translator& tr) {
  Json rule = {{"id", id}};
  const auto title = check == nullptr ? std::string() : tr(check->title);
  rule["shortDescription"] = text(title.empty() ? id : title);
  rule["fullDescription"] = rule["shortDescription"];
  auto hint = check == nullptr ? std::string() : tr(check->hint);
  if (check != nullptr && !check->references.empty())
    hint += "\n\n" + tr(msg("Demanded by: {names}", {{"names", fmt::format("{}", fmt::join(check->references, "; "))}}));
  rule["help"] = text(hint.empty() ? tr(msg("See the report for what was expected and what was seen.")) : hint);
  rule["defaultConfiguration"] = {{"level", level_of(check, Verdict::fail)}};
  std::set<std::string> tags{"security"};
  if (check != nullptr)
    for (const auto& tag : check->tags) tags.insert(plain_line(tag));
  rule["properties"] = {{"tags", tags}};
  if (check != nullptr && check->severity) rule["properties"]["security-severity"] = security_score_of(*check->severity);
  return rule;
}

// The rules, in the order of their first use.
class Rules {
 public:
  std::size_t index_of(const std::string& id, const CheckResult* check, const Translator& tr) {
    const auto [place, is_new] = places_.emplace(id, list_.size());
    if (is_new) list_.push_back(rule_of(id, check, tr));
    return place->second;
  }
  const Json& list() const { return list_; }

 private:
  Json list_ = Json::array();
  std::map<std::string, std::size_t> places_;
};

Json result_of(const Case& told, const std::string& rule, const std::string& place, const RunInfo& run) {
  Json result = {{"ruleId", rule},
                 {"level", level_of(told.check, told.verdict)},
                 {"message", text(place + ": " + told.message + (told.body.empty() ? "" : "\n\n" + told.body))}};
  const Json physical = {{"artifactLocation", {{"uri", plan_uri(run)}}}, {"region", {{"startLine", 1}}}};
  const Json logical = {{"fullyQualifiedName", plain_line(place)}, {"kind", "resource"}};
  result["locations"].push_back({{"physicalLocation", physical}, {"logicalLocations", Json::array({logical})}});
  result["partialFingerprints"] = {{"primaryLocationLineHash", to_hex(derive("sarif", place)).substr(0, 16) + ":1"}};
  return result;
}

}  // namespace

std::vector<File> sarif(const Report& report, const Translator& tr) {
  Rules rules;
  auto results = Json::array();
  for (const auto& target : report.targets) {
    for (const auto& suite : suites_of(target, tr)) {
      for (const auto& told : suite.cases) {
        const auto id = told.id.empty() ? std::string("unnamed") : plain_line(told.id);
        const auto index = rules.index_of(id, told.check, tr);
        if (told.verdict != Verdict::fail && told.verdict != Verdict::error) continue;
        auto result = result_of(told, id, fmt::format("{}/{}/{}", target.name, suite.id, id), report.run);
        result["ruleIndex"] = index;
        results.push_back(std::move(result));
      }
    }
  }
  const auto& tool = report.run.tool;
  const auto space = tool.find(' ');
  Json driver = {{"name", "mqtts-harness"}};
  if (space != std::string::npos) driver["version"] = plain_line(tool.substr(space + 1));
  driver["rules"] = rules.list();
  const Json run = {{"tool", {{"driver", driver}}},
                    {"automationDetails", {{"id", "mqtts-harness/" + plain_line(report.run.plan) + "/"}}},
                    {"results", results}};
  const Json document = {
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"version", "2.1.0"}, {"runs", Json::array({run})}};
  return {{"results.sarif", document.dump(2) + '\n'}};
}

}  // namespace mqtts::reports
