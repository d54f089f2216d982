#include "reports/junit.h"

#include <cstdlib>
#include <limits>
#include <locale>
#include <regex>
#include <set>

#include <gtest/gtest.h>
#include <pugixml.hpp>

#include "reports/junit_text.h"
#include "tests/reports/golden.h"
#include "tests/reports/sample_reports.h"
#include "tests/reports/temporary_folder.h"
#include "tests/support/words.h"

namespace mqtts::reports {
namespace {

using Names = std::vector<std::string>;
using test::english;

std::string only_file(const Report& report) {
  const auto files = junit(report, english);
  EXPECT_EQ(files.size(), 1U);
  return files.at(0).bytes;
}

Names attributes_of(const pugi::xml_node& node) {
  Names names;
  for (const auto& attribute : node.attributes()) names.emplace_back(attribute.name());
  return names;
}

Names elements_of(const pugi::xml_node& node) {
  Names names;
  for (const auto& child : node.children())
    if (child.type() == pugi::node_element) names.emplace_back(child.name());
  return names;
}

std::string text(const pugi::xml_node& node, const char* attribute) { return node.attribute(attribute).value(); }

bool is_match(const std::string& value, const char* pattern) { return std::regex_match(value, std::regex(pattern)); }

constexpr auto* seconds_pattern = "[0-9]+\\.[0-9]{3}";
constexpr auto* time_pattern = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}";

void expect_case_obeys(const pugi::xml_node& node, const std::string& class_name) {
  EXPECT_EQ(attributes_of(node), (Names{"classname", "name", "time"}));
  EXPECT_EQ(text(node, "classname"), class_name);
  EXPECT_NE(text(node, "name"), "");
  EXPECT_TRUE(is_match(text(node, "time"), seconds_pattern)) << text(node, "time");
  EXPECT_LE(elements_of(node).size(), 1U) << "never two outcomes in one case";
  for (const auto& child : node.children()) {
    const std::string kind = child.name();
    EXPECT_STRNE(child.text().get(), "") << kind << " has a body";
    if (kind == "system-out") continue;
    EXPECT_NE(text(child, "message"), "");
    if (kind == "skipped") {
      EXPECT_EQ(attributes_of(child), Names{"message"});
    } else {
      EXPECT_TRUE(kind == "failure" || kind == "error") << kind;
      EXPECT_EQ(attributes_of(child), (Names{"message", "type"}));
      EXPECT_TRUE(is_match(text(child, "type"), "[a-z]+(\\.[a-z]+)+")) << text(child, "type");
    }
  }
}

// The rules for every JUnit file, whatever its content.
void expect_obeys(const std::string& bytes, const std::string& prefix) {
  pugi::xml_document document;
  ASSERT_TRUE(document.load_buffer(bytes.data(), bytes.size()));
  const auto root = document.child("testsuites");
  EXPECT_EQ(attributes_of(root), (Names{"name", "tests", "failures", "errors", "time"}));
  EXPECT_TRUE(is_match(text(root, "time"), seconds_pattern));
  std::set<std::pair<std::string, std::string>> cases;
  std::size_t failures = 0;
  std::size_t errors = 0;
  for (const auto& suite : root.children()) {
    EXPECT_STREQ(suite.name(), "testsuite");
    EXPECT_EQ(attributes_of(suite), (Names{"name", "tests", "failures", "errors", "skipped", "time", "timestamp",
                                           "hostname", "id", "package"}));
    for (const auto& attribute : suite.attributes()) EXPECT_STRNE(attribute.value(), "") << attribute.name();
    EXPECT_TRUE(is_match(text(suite, "time"), seconds_pattern));
    EXPECT_TRUE(is_match(text(suite, "timestamp"), time_pattern));
    EXPECT_STREQ(suite.first_child().name(), "properties") << "properties come first";
    Names properties;
    for (const auto& property : suite.child("properties").children()) properties.push_back(text(property, "name"));
    if (!properties.empty() && properties.back() == "broker") properties.pop_back();  // if known
    EXPECT_EQ(properties, (Names{"tool", "plan_sha256", "target", "score", "max_score"}));
    std::size_t count = 0;
    std::map<std::string, int> outcomes;
    for (const auto& node : suite.children("testcase")) {
      expect_case_obeys(node, prefix + '.' + text(suite, "name"));
      EXPECT_TRUE(cases.emplace(text(node, "classname"), text(node, "name")).second) << "unique in the file";
      for (const auto& kind : elements_of(node)) ++outcomes[kind];
      ++count;
    }
    EXPECT_EQ(suite.attribute("tests").as_uint(), count);
    EXPECT_EQ(suite.attribute("failures").as_int(), outcomes["failure"]);
    EXPECT_EQ(suite.attribute("errors").as_int(), outcomes["error"]);
    EXPECT_EQ(suite.attribute("skipped").as_int(), outcomes["skipped"]);
    failures += suite.attribute("failures").as_uint();
    errors += suite.attribute("errors").as_uint();
  }
  EXPECT_EQ(root.attribute("tests").as_uint(), cases.size());
  EXPECT_EQ(root.attribute("failures").as_uint(), failures);
  EXPECT_EQ(root.attribute("errors").as_uint(), errors);
  EXPECT_GE(cases.size(), 1U) << "a file holds at least one case";
}

TEST(Junit, is_as_approved) {
  expect_golden("lab-all-pass.0.junit.xml", only_file(samples::all_pass()));
  expect_golden("lab-troubled.4.junit.xml", only_file(samples::troubled()));
  expect_golden("lab-unreachable.3.junit.xml", only_file(samples::unreachable()));
}

TEST(Junit, obeys_the_contract) {
  expect_obeys(only_file(samples::all_pass()), "lab.embedded");
  expect_obeys(only_file(samples::troubled()), "lab.student-07");
  expect_obeys(only_file(samples::unreachable()), "lab.embedded");
}

TEST(Junit, obeys_it_even_for_a_report_of_nothing_but_blanks_and_twins) {
  const double infinite = std::numeric_limits<double>::infinity();
  const StageResult stage{.verdict = Verdict::fail,
                          .seconds = -infinite,
                          .started = "yesterday",
                          .checks = {{.verdict = Verdict::pass, .seconds = infinite},
                                     {.verdict = Verdict::fail, .seconds = -1},
                                     {.verdict = Verdict::error},
                                     {.verdict = Verdict::skip}}};
  const Report report{.targets = {{.stages = {stage, stage}}}};
  expect_obeys(only_file(report), "unnamed.unnamed");
}

TEST(Junit, names_a_file_for_each_target_and_no_two_alike) {
  auto report = samples::all_pass();
  for (const auto* name : {"a/b", "a b", "../x"}) {
    report.targets.push_back(report.targets[0]);
    report.targets.back().name = name;
  }
  Names names;
  for (const auto& file : junit(report, english)) names.push_back(file.name);
  EXPECT_EQ(names, (Names{"TEST-lab.embedded.xml", "TEST-lab.a-b.xml", "TEST-lab.a-b-2.xml", "TEST-lab...-x.xml"}));
}

TEST(Junit, is_never_all_green_when_the_exit_code_is_not_0) {
  auto not_restored = samples::all_pass();
  not_restored.targets[0].restored = false;
  auto target_in_trouble = samples::all_pass();
  target_in_trouble.targets[0].message = msg("trouble");
  auto stage_in_trouble = samples::all_pass();
  stage_in_trouble.targets[0].stages[0].verdict = Verdict::error;
  for (const auto& report : {not_restored, target_in_trouble, stage_in_trouble, samples::unreachable()}) {
    ASSERT_NE(exit_code(report), 0);
    const auto bytes = only_file(report);
    expect_obeys(bytes, "lab.embedded");
    EXPECT_NE(bytes.find("<error "), std::string::npos);
  }
  EXPECT_EQ(only_file(samples::all_pass()).find("<error "), std::string::npos);
}

TEST(Junit, shows_errors_as_failures_if_it_is_told_to) {
  const auto report = samples::troubled();
  ASSERT_NE(only_file(report).find("<error "), std::string::npos);
  const auto bytes = junit_without_errors(report, english).at(0).bytes;
  EXPECT_EQ(bytes.find("<error "), std::string::npos);
  EXPECT_NE(bytes.find("errors=\"0\""), std::string::npos);
  pugi::xml_document before, after;
  before.load_string(only_file(report).c_str());
  after.load_string(bytes.c_str());
  EXPECT_EQ(after.select_nodes("//failure").size(),
            before.select_nodes("//failure").size() + before.select_nodes("//error").size());
}

TEST(Junit, does_not_take_for_a_pass_what_held_only_with_something_set_aside) {
  auto report = samples::all_pass();
  auto& check = report.targets[0].stages[0].checks[0];
  ASSERT_TRUE(check.observed);
  check.observed->set_aside = {"server-name", "account userclient"};
  pugi::xml_document document;
  document.load_string(only_file(report).c_str());
  const auto error = document.select_node("//error").node();
  EXPECT_EQ(text(error, "type"), "harness.aside");
  EXPECT_EQ(text(error, "message"),
            "held only with something set aside: the server's name was not compared; another "
            "account logged in for userclient");
  expect_obeys(only_file(report), "lab.embedded");
}

TEST(Junit, tells_a_failure_with_expected_seen_hint_and_evidence) {
  pugi::xml_document document;
  document.load_string(only_file(samples::troubled()).c_str());
  const auto failure = document.select_node("//failure").node();
  EXPECT_EQ(text(failure, "type"), "mqtt.accepted");
  EXPECT_EQ(text(failure, "message"), "a client that should be refused was let in");
  const std::string body = failure.text().get();
  for (const auto* part : {"expected: refused by the broker at MQTT: not_authorized / bad_user_name_or_password",
                           "seen: accepted", "hint: Write allow_anonymous false", "broker-log:", "a<b>&\"c\"\uFFFD"})
    EXPECT_NE(body.find(part), std::string::npos) << part << "\n" << body;
}

TEST(Junit, gives_every_check_of_a_stage_that_could_not_be_applied_a_case_with_the_brokers_words) {
  pugi::xml_document document;
  document.load_string(only_file(samples::troubled()).c_str());
  const auto errors = document.select_nodes("//testsuite[@name='acl']/testcase/error");
  ASSERT_EQ(errors.size(), 2U);
  for (const auto& error : errors)
    EXPECT_NE(std::string(error.node().text().get()).find("Unknown configuration variable"), std::string::npos);
}

TEST(Junit, tells_in_french_what_it_is_asked_in_french) {
  const auto bytes = junit(samples::troubled(), Translator(Lang::fr)).at(0).bytes;
  EXPECT_NE(bytes.find("attendu :"), std::string::npos) << bytes;
}

// A locale like Debian's fr_FR.UTF-8, which need not be installed here.
struct FrenchNumbers : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return ' '; }
  std::string do_grouping() const override { return "\3"; }
};

TEST(Junit, writes_the_same_bytes_under_a_french_locale) {
  auto report = samples::all_pass();
  report.targets[0].stages[0].seconds = 1234.5678;
  const auto before = only_file(report);
  const auto old = std::locale::global(std::locale(std::locale::classic(), new FrenchNumbers));
  const auto after = only_file(report);
  std::locale::global(old);
  EXPECT_EQ(before, after);
  EXPECT_NE(after.find("time=\"1234.568\""), std::string::npos);
}

TEST(Junit, lets_no_log_order_an_attachment) {
  EXPECT_EQ(only_file(samples::troubled()).find("[[ATTACHMENT|"), std::string::npos);
  EXPECT_EQ(defused("[[[ATTACHMENT|a]] [[ATTACHMENT|b]]"), "[[ [ATTACHMENT|a]] [ [ATTACHMENT|b]]");
}

TEST(Junit, type_is_who_did_what) {
  CheckResult check;
  EXPECT_EQ(junit_type(check), "harness.error");
  check.observed = Observation{.outcome = Outcome::accepted, .by = By::broker};
  EXPECT_EQ(junit_type(check), "mqtt.accepted");
  check.observed = Observation{.outcome = Outcome::refused, .by = By::tls_peer};
  EXPECT_EQ(junit_type(check), "tls.peer.refused");
  check.observed = Observation{.outcome = Outcome::closed, .by = By::broker};
  EXPECT_EQ(junit_type(check), "broker.closed");
}

TEST(Junit, timestamp_has_no_zone_and_is_always_one) {
  EXPECT_EQ(junit_timestamp("2026-11-22T15:17:23.123Z", ""), "2026-11-22T15:17:23");
  EXPECT_EQ(junit_timestamp("", "2026-11-22T15:17:23Z"), "2026-11-22T15:17:23");
  EXPECT_EQ(junit_timestamp("2026-11-22", "x"), "1970-01-01T00:00:00");
}

TEST(Junit, word_is_safe_in_class_names_and_file_names) {
  EXPECT_EQ(junit_word("student-07.été_x"), "student-07.été_x");
  EXPECT_EQ(junit_word("ssh://a b\x1b\xff"), "ssh---a-b--");
  EXPECT_EQ(junit_word(""), "unnamed");
}

// Independent parsers: pugixml alone is not enough.
class OtherReaders : public testing::TestWithParam<std::string> {};

TEST_P(OtherReaders, accept_every_byte_that_a_log_can_hold) {
  if (GetParam().empty()) GTEST_SKIP() << "this reader is not on this machine";
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  all += "\xef\xbf\xbe\xef\xbf\xbf\xed\xa0\x80]]>";
  auto report = samples::troubled();
  report.run.plan = report.run.tool = report.targets[0].host = report.targets[0].stages[1].detail = all;
  auto& check = report.targets[0].stages[0].checks[1];
  check.id = check.message.text = check.hint.en = check.observed->evidence[0].text = all;
  const TemporaryFolder folder;
  const auto path = folder.path() / "hostile.xml";
  ASSERT_TRUE(write_whole(path, only_file(report)));
  EXPECT_EQ(std::system((GetParam() + ' ' + path.string() + " > /dev/null").c_str()), 0);
}

INSTANTIATE_TEST_SUITE_P(Xmllint, OtherReaders, testing::Values(MQTTS_XMLLINT_READS));
INSTANTIATE_TEST_SUITE_P(Python, OtherReaders, testing::Values(MQTTS_PYTHON_READS));

}  // namespace
}  // namespace mqtts::reports
