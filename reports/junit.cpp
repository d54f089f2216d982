#include "reports/junit.h"

#include <locale>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "reports/cases.h"
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
  if (run.configuration != Configuration::unknown)
    facts.emplace_back("configuration", std::string(to_string(run.configuration)));
  for (const auto& [name, value] : facts) {
    auto property = properties.append_child("property");
    set(property, "name", name);
    set(property, "value", value);
  }
}

// Returns `name`, with a number after it if it is in `taken` already.
std::string unique(std::set<std::string>& taken, const std::string& name) {
  auto candidate = name;
  for (int i = 2; !taken.insert(candidate).second; ++i) candidate = fmt::format("{}-{}", name, i);
  return candidate;
}

enum class Errors {
  as_they_are,
  as_failures
};

std::vector<Suite> with(Errors errors, std::vector<Suite> suites) {
  if (errors == Errors::as_they_are) return suites;
  for (auto& suite : suites)
    for (auto& each : suite.cases)
      if (each.verdict == Verdict::error) each.verdict = Verdict::fail;
  return suites;
}

// Whoever reads it must not take for a pass what held only with something set aside.
std::vector<Suite> strict(std::vector<Suite> suites, const Translator& tr) {
  for (auto& suite : suites)
    for (auto& each : suite.cases) {
      if (each.verdict != Verdict::pass || each.check == nullptr || !each.check->observed) continue;
      const auto aside = set_aside(*each.check->observed, tr);
      if (aside.empty()) continue;
      each.verdict = Verdict::error;
      each.type = "harness.aside";
      each.message = tr(msg("held only with something set aside: {what}", {{"what", aside}}));
    }
  return suites;
}

class TargetFile {
 public:
  TargetFile(const Report& report, const TargetResult& target, const Translator& tr, std::string prefix, Errors errors)
      : report_(report),
        target_(target),
        prefix_(std::move(prefix)),
        suites_(with(errors, strict(suites_of(target, tr), tr))) {}

  File file() {
    pugi::xml_document document;
    auto declaration = document.append_child(pugi::node_declaration);
    set(declaration, "version", "1.0");
    set(declaration, "encoding", "UTF-8");
    auto root = document.append_child("testsuites");
    set(root, "name", junit_word(report_.run.plan));
    std::size_t cases = 0;
    double seconds = 0;
    for (const auto& suite : suites_) {
      cases += suite.cases.size();
      seconds += to_milliseconds(suite.seconds);
    }
    set(root, "tests", std::to_string(cases));
    set(root, "failures", std::to_string(count(suites_, Verdict::fail)));
    set(root, "errors", std::to_string(count(suites_, Verdict::error)));
    set(root, "time", fixed(seconds, 3));
    for (const auto& suite : suites_) write_suite(root, suite);
    std::ostringstream text;
    text.imbue(std::locale::classic());
    document.save(text, "  ", pugi::format_default, pugi::encoding_utf8);
    return {fmt::format("TEST-{}.xml", prefix_), text.str()};
  }

 private:
  void write_suite(pugi::xml_node root, const Suite& suite) {
    const auto stage = unique(stages_, junit_word(suite.id));
    auto node = root.append_child("testsuite");
    set(node, "name", stage);
    set(node, "tests", std::to_string(suite.cases.size()));
    set(node, "failures", std::to_string(suite.count(Verdict::fail)));
    set(node, "errors", std::to_string(suite.count(Verdict::error)));
    set(node, "skipped", std::to_string(suite.count(Verdict::skip)));
    set(node, "time", fixed(to_milliseconds(suite.seconds), 3));
    set(node, "timestamp", junit_timestamp(suite.started, report_.run.started));
    set(node, "hostname", junit_word(target_.host.empty() ? target_.name : target_.host));
    set(node, "id", std::to_string(stages_.size() - 1));
    set(node, "package", prefix_);  // Jenkins shows a suite as package.name, which is the classname of its cases
    write_properties(node, target_, report_.run);
    std::set<std::string> names;
    for (const auto& one : suite.cases) write_case(node, one, prefix_ + '.' + stage, unique(names, junit_word(one.id)));
  }

  const Report& report_;
  const TargetResult& target_;
  std::string prefix_;  // plan.target
  std::vector<Suite> suites_;
  std::set<std::string> stages_;
};

}  // namespace

static std::vector<File> files_of(const Report& report, const Translator& tr, Errors errors) {
  std::vector<File> files;
  std::set<std::string> prefixes;
  for (const auto& target : report.targets) {
    auto prefix = unique(prefixes, junit_word(report.run.plan) + '.' + junit_word(target.name));
    files.push_back(TargetFile(report, target, tr, std::move(prefix), errors).file());
  }
  return files;
}

std::vector<File> junit(const Report& report, const Translator& tr) {
  return files_of(report, tr, Errors::as_they_are);
}

std::vector<File> junit_without_errors(const Report& report, const Translator& tr) {
  return files_of(report, tr, Errors::as_failures);
}

}  // namespace mqtts::reports
