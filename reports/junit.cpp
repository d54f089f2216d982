#include "reports/junit.h"

#include <algorithm>
#include <locale>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "reports/describe.h"
#include "reports/junit_text.h"
#include "reports/numbers.h"
#include "reports/xml_text.h"

namespace mqtts::reports {
namespace {

void set(pugi::xml_node node, const char* name, std::string_view value) {
  node.append_attribute(name).set_value(xml_text(value).c_str());
}

void set_text(pugi::xml_node node, const std::string& text) { node.text().set(xml_text(defused(text)).c_str()); }

// A case in the making. The XML comes last, when all counts are known.
struct Case {
  std::string name;
  Verdict verdict{};
  double seconds = 0;
  std::string type;     // of a failure or an error
  std::string message;  // of all but a pass
  std::string body;     // a pass: its system-out
};

struct Suite {
  std::string name;
  std::string timestamp;
  double seconds = 0;
  std::vector<Case> cases;

  std::size_t count(Verdict verdict) const {
    return static_cast<std::size_t>(std::ranges::count(cases, verdict, &Case::verdict));
  }
};

Case case_of(const CheckResult& check, const StageResult& stage, const Words& words) {
  auto message = words(check.message);
  if (message.empty()) message = words(describe(check.verdict));
  auto body = junit_body(check, words);
  if (!check.observed && !stage.detail.empty()) body += '\n' + stage.detail + '\n';
  return {check.id, check.verdict, check.seconds, junit_type(check), std::move(message), std::move(body)};
}

// A trouble that belongs to no check, told as one.
Case trouble(std::string name, std::string message, std::string body) {
  if (body.empty()) body = message;
  return {std::move(name), Verdict::error, 0, "harness.error", std::move(message), std::move(body)};
}

Suite suite_of(const StageResult& stage, const Report& report, const Words& words) {
  Suite suite{stage.id, junit_timestamp(stage.started, report.run.started), stage.seconds, {}};
  for (const auto& check : stage.checks) suite.cases.push_back(case_of(check, stage, words));
  const bool shows_trouble = suite.count(Verdict::error) + suite.count(Verdict::fail) > 0;
  if (!shows_trouble && (stage.verdict == Verdict::error || stage.verdict == Verdict::fail)) {
    auto message = stage.message.empty() ? words(msg("the stage was not judged")) : words(stage.message);
    suite.cases.push_back(trouble("stage-applied", std::move(message), stage.detail));
  }
  return suite;
}

// What the exit code tells and no check does; without cases if there is no such thing.
Suite suite_of_troubles(const TargetResult& target, const Report& report, const Words& words, bool has_cases) {
  Suite suite{"harness", junit_timestamp("", report.run.started), 0, {}};
  auto message = words(target.message);
  if (target.restored == false) {
    message = message.empty() ? words(msg("the broker was not put back as it was"))
                              : words(msg("the broker was not put back as it was: {why}", {{"why", message}}));
    std::string by_hand;
    for (const auto& line : target.by_hand) by_hand += line + '\n';
    suite.cases.push_back(trouble("broker-restored", std::move(message), std::move(by_hand)));
  } else if (!message.empty() || !has_cases) {
    if (message.empty()) message = words(msg("nothing was judged"));
    suite.cases.push_back(trouble("target-judged", std::move(message), {}));
  }
  return suite;
}

void write_case(pugi::xml_node parent, const Case& told, const std::string& class_name, const std::string& name) {
  auto node = parent.append_child("testcase");
  set(node, "classname", class_name);
  set(node, "name", name);
  set(node, "time", fixed(to_milliseconds(told.seconds), 3));
  if (told.verdict == Verdict::pass) {
    if (!told.body.empty()) set_text(node.append_child("system-out"), told.body);
    return;
  }
  const bool skipped = told.verdict == Verdict::skip;
  auto outcome = node.append_child(skipped ? "skipped" : told.verdict == Verdict::fail ? "failure" : "error");
  set(outcome, "message", told.message);
  if (!skipped) set(outcome, "type", told.type);
  set_text(outcome, told.body.empty() ? told.message : told.body);
}

void write_properties(pugi::xml_node suite, const TargetResult& target, const RunInfo& run) {
  auto properties = suite.append_child("properties");
  std::vector<std::pair<const char*, std::string>> facts = {{"tool", run.tool},
                                                            {"plan_sha256", run.plan_sha256},
                                                            {"target", target.name},
                                                            {"score", shortest(target.score)},
                                                            {"max_score", shortest(target.max_score)}};
  if (target.broker) facts.emplace_back("broker", *target.broker);
  for (const auto& [name, value] : facts) {
    auto property = properties.append_child("property");
    set(property, "name", name);
    set(property, "value", value);
  }
}

// `taken` with a number after it if need be, so that it stands once only.
std::string unique(std::set<std::string>& taken, const std::string& name) {
  auto candidate = name;
  for (int i = 2; !taken.insert(candidate).second; ++i) candidate = fmt::format("{}-{}", name, i);
  return candidate;
}

class TargetFile {
 public:
  TargetFile(const Report& report, const TargetResult& target, const Words& words, std::string prefix)
      : report_(report), target_(target), prefix_(std::move(prefix)) {
    for (const auto& stage : target.stages)
      if (auto suite = suite_of(stage, report, words); !suite.cases.empty()) suites_.push_back(std::move(suite));
    if (auto suite = suite_of_troubles(target, report, words, !suites_.empty()); !suite.cases.empty())
      suites_.push_back(std::move(suite));
  }

  File file() {
    pugi::xml_document document;
    auto declaration = document.append_child(pugi::node_declaration);
    set(declaration, "version", "1.0");
    set(declaration, "encoding", "UTF-8");
    auto root = document.append_child("testsuites");
    set(root, "name", junit_word(report_.run.plan));
    set(root, "tests", std::to_string(sum([](const Suite& suite) { return suite.cases.size(); })));
    set(root, "failures", std::to_string(sum([](const Suite& suite) { return suite.count(Verdict::fail); })));
    set(root, "errors", std::to_string(sum([](const Suite& suite) { return suite.count(Verdict::error); })));
    double seconds = 0;
    for (const auto& suite : suites_) seconds += to_milliseconds(suite.seconds);
    set(root, "time", fixed(seconds, 3));
    for (const auto& suite : suites_) write_suite(root, suite);
    std::ostringstream text;
    text.imbue(std::locale::classic());
    document.save(text, "  ", pugi::format_default, pugi::encoding_utf8);
    return {fmt::format("TEST-{}.xml", prefix_), text.str()};
  }

 private:
  template <class Count>
  std::size_t sum(Count count) const {
    std::size_t all = 0;
    for (const auto& suite : suites_) all += count(suite);
    return all;
  }

  void write_suite(pugi::xml_node root, const Suite& suite) {
    const auto stage = unique(stages_, junit_word(suite.name));
    auto node = root.append_child("testsuite");
    set(node, "name", stage);
    set(node, "tests", std::to_string(suite.cases.size()));
    set(node, "failures", std::to_string(suite.count(Verdict::fail)));
    set(node, "errors", std::to_string(suite.count(Verdict::error)));
    set(node, "skipped", std::to_string(suite.count(Verdict::skip)));
    set(node, "time", fixed(to_milliseconds(suite.seconds), 3));
    set(node, "timestamp", suite.timestamp);
    set(node, "hostname", junit_word(target_.host.empty() ? target_.name : target_.host));
    set(node, "id", std::to_string(stages_.size() - 1));
    set(node, "package", prefix_);  // Jenkins shows a suite as package.name, which is its cases' classname
    write_properties(node, target_, report_.run);
    std::set<std::string> names;
    for (const auto& one : suite.cases)
      write_case(node, one, prefix_ + '.' + stage, unique(names, junit_word(one.name)));
  }

  const Report& report_;
  const TargetResult& target_;
  std::string prefix_;  // plan.target
  std::vector<Suite> suites_;
  std::set<std::string> stages_;
};

}  // namespace

std::vector<File> junit(const Report& report, const Words& words) {
  std::vector<File> files;
  std::set<std::string> prefixes;
  for (const auto& target : report.targets) {
    auto prefix = unique(prefixes, junit_word(report.run.plan) + '.' + junit_word(target.name));
    files.push_back(TargetFile(report, target, words, std::move(prefix)).file());
  }
  return files;
}

}  // namespace mqtts::reports
