#include "reports/results_json.h"

#include <limits>

#include <gtest/gtest.h>

#include "tests/reports/golden.h"
#include "tests/reports/sample_reports.h"
#include "tests/support/schema_check.h"
#include "tests/support/words.h"

namespace mqtts::reports {
namespace {

using test::english;

std::string complaint(const std::string& text) {
  const auto read = read_results(text);
  return read ? "read" : to_english(read.error().what);
}

// The smallest readable file, with one piece replaced.
std::string small_but(const std::string& piece, const std::string& other) {
  std::string text = R"({"schema": "mqtts-harness/results/v1",
 "run": {"id": "r", "seconds": 1, "tool": "t", "plan": "p", "command": [], "exit_code": 0},
 "targets": [{"name": "t", "score": 0, "max_score": 1, "stages": [
  {"id": "s", "verdict": "pass", "seconds": 1, "checks": [
   {"id": "c", "verdict": "pass", "seconds": 0, "points": 1, "max_points": 1, "expected": []}]}]}]})";
  const auto at = text.find(piece);
  if (at == std::string::npos) throw std::logic_error("no such piece: " + piece);
  return text.replace(at, piece.size(), other);
}

TEST(Results, are_as_approved) {
  expect_golden("lab-all-pass.0.results.json", results_text(samples::all_pass(), english));
  expect_golden("lab-troubled.4.results.json", results_text(samples::troubled(), english));
  expect_golden("lab-class.3.results.json", results_text(samples::grading_run(), english));
}

TEST(Results, obey_their_schema) {
  for (const auto& report :
       {samples::all_pass(), samples::troubled(), samples::unreachable(), samples::grading_run(), Report{}})
    EXPECT_EQ(test::schema_says(results_schema(), results_text(report, Translator(Lang::fr))), "");
}

Report with_topics() {
  auto report = samples::all_pass();
  report.targets.front().topics =
      TopicsSeen{.topics = {{"$SYS/broker/version", 1, 1, {}},
                            {"home/<b>|`\n\x1b[31m", 7, 0, {DataKind::email, DataKind::private_key}}},
                 .truncated = true};
  return report;
}

TEST(Results, with_topics_are_read_back) {
  auto report = with_topics();
  const auto text = results_text(report, english);
  EXPECT_EQ(test::schema_says(results_schema(), text), "");
  const auto read = read_results(text);
  ASSERT_TRUE(read) << to_english(read.error().what);
  EXPECT_TRUE(*read == report) << text;
  report.targets.front().topics = TopicsSeen{};
  const auto none = read_results(results_text(report, english));
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->targets.front().topics) << "somebody looked";
}

TEST(Results, read_back_are_the_same_report_in_either_language) {
  auto troubled = samples::troubled();
  auto grading_run = samples::grading_run();
  for (auto* report : {&troubled, &grading_run})  // the sample's evidence is not UTF-8
    for (auto& target : report->targets)
      for (auto& stage : target.stages)
        for (auto& check : stage.checks)
          if (check.id == "anonymous-rejected") check.observed->evidence[0].text = "\x1b[31m é \t\n";
  for (const auto lang : {Lang::en, Lang::fr}) {
    for (const auto& report : {samples::all_pass(), troubled, samples::unreachable(), grading_run, Report{}}) {
      const auto read = read_results(results_text(report, Translator(lang)));
      ASSERT_TRUE(read) << to_english(read.error().what);
      EXPECT_TRUE(*read == report) << results_text(report, english);
    }
  }
}

TEST(Results, keep_what_was_reached_proven_and_set_aside) {
  auto report = samples::all_pass();
  report.run.configuration = Configuration::as_it_stands;
  auto& check = report.targets[0].stages[0].checks[0];
  check.expected[0].reached = Layer::server;
  check.observed->set_aside = {"certificate"};
  check.observed->tls = TlsFacts{.version = "TLSv1.3", .certificate_in_time = false, .key_proven = true};
  const auto text = results_text(report, english);
  EXPECT_EQ(test::schema_says(results_schema(), text), "");
  EXPECT_TRUE(read_results(text).value() == report) << text;
}

TEST(Results, tell_the_sentence_and_keep_what_it_was_made_of) {
  const auto stage = to_json(samples::troubled(), Translator(Lang::fr))["targets"][0]["stages"][1];
  EXPECT_EQ(stage["why"]["text"], "the broker did not come up in stage {stage}");
  EXPECT_EQ(stage["why"]["args"]["stage"], "acl");
  EXPECT_NE(stage["message"].get<std::string>().find("acl"), std::string::npos);
}

TEST(Results, put_evidence_beside_what_was_observed) {
  const auto check = to_json(samples::all_pass(), english)["targets"][0]["stages"][1]["checks"][1];
  EXPECT_EQ(check["evidence"][0]["kind"], "broker-log");
  EXPECT_FALSE(check["observed"].contains("evidence"));
}

TEST(Results, keep_what_our_own_evidence_was_made_of_and_tell_it_in_any_language) {
  auto report = samples::all_pass();
  auto& evidence = report.targets[0].stages[1].checks[1].observed->evidence;
  evidence = {note(msg_n(7, "refused in {count} connection", "refused in {count} connections")),
              {EvidenceKind::paho, "failed with {count}"}};
  const auto text = results_text(report, Translator(Lang::fr));
  EXPECT_EQ(test::schema_says(results_schema(), text), "");
  const auto read = read_results(text);
  ASSERT_TRUE(read) << to_english(read.error().what);
  EXPECT_TRUE(*read == report);
  const auto told = [](const Report& it, Lang lang) {
    return to_json(it, Translator(lang))["targets"][0]["stages"][1]["checks"][1]["evidence"];
  };
  EXPECT_EQ(told(*read, Lang::en)[0]["text"], "refused in 7 connections");
  EXPECT_EQ(told(*read, Lang::fr)[0]["text"], "refusé lors de 7 connexions");
  EXPECT_FALSE(told(*read, Lang::fr)[1].contains("why")) << "another program's words";
}

TEST(Results, hold_hostile_bytes_as_replacement_characters) {
  Report report;
  report.run.id =
      "a\xff"
      "b\xed\xa0\x80"
      "c\xc0\xaf";
  report.targets = {{.message = msg("{name\xff}", {{"k\xfe", "v\xfe"}})}};
  const auto read = read_results(results_text(report, english));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->run.id, "a\uFFFDb\uFFFD\uFFFD\uFFFDc\uFFFD\uFFFD");
}

TEST(Results, hold_no_number_that_json_cannot) {
  Report report;
  report.run.seconds = std::numeric_limits<double>::quiet_NaN();
  report.targets = {{.score = std::numeric_limits<double>::infinity()}};
  EXPECT_EQ(test::schema_says(results_schema(), results_text(report, english)), "");
}

TEST(Results, keep_captures) {
  auto report = samples::all_pass();
  report.targets[0].stages[0].checks[0].capture =
      Capture{"captures/open/open-listener-accepts.pcapng",
              25,
              {{1, 0, Direction::to_broker, "TCP", "55484 → 1883 [SYN]", {}},
               {2, 0.000317641, Direction::to_client, "TLSv1.3", "Application Data, 19 bytes", "Alert"}}};
  const auto read = read_results(results_text(report, english));
  ASSERT_TRUE(read) << to_english(read.error().what);
  EXPECT_EQ(read->targets[0].stages[0].checks[0].capture, report.targets[0].stages[0].checks[0].capture);
  EXPECT_EQ(test::schema_says(results_schema(), results_text(report, english)), "");
}

TEST(Results, round_seconds_to_milliseconds) {
  Report report;
  report.run.seconds = 3.14159;
  EXPECT_EQ(to_json(report, english)["run"]["seconds"].dump(), "3.142");
}

TEST(Results, may_lack_all_that_is_optional) {
  EXPECT_EQ(complaint(small_but("\"id\"", "\"id\"")), "read");
  EXPECT_EQ(test::schema_says(results_schema(), small_but("\"id\"", "\"id\"")), "");
  EXPECT_EQ(complaint(small_but("{\"schema\"", "{\"$schema\": \"x\", \"schema\"")), "read");
}

TEST(Results, as_the_contract_shows_them_can_be_read) {
  const std::string shown = R"({
  "schema": "mqtts-harness/results/v1",
  "run": { "id": "…", "started": "2026-11-22T15:17:23Z", "seconds": 3.1, "tool": "mqtts-harness 0.1.0",
           "plan": "mqtts-lab", "plan_sha256": "…", "command": ["run", "scenarios/mqtts-lab.json"], "exit_code": 0 },
  "targets": [ {
    "name": "embedded", "restored": true, "score": 20.0, "max_score": 20.0,
    "stages": [ {
      "id": "client-certificate", "verdict": "pass", "seconds": 0.8,
      "checks": [ {
        "id": "missing-client-certificate-rejected", "verdict": "pass", "seconds": 0.02,
        "points": 2, "max_points": 2,
        "expected": [ { "outcome": "refused", "by": "tls-peer", "reason": ["certificate_required", "handshake_failure"] } ],
        "observed": { "outcome": "refused", "by": "tls-peer", "code": 116, "reason": "certificate_required",
                      "tls": { "version": "TLSv1.3", "cipher": "…" } },
        "message": "…", "control": "valid-mtls-accepted", "evidence": [ { "kind": "broker-log", "text": "…" } ]
      } ] } ] } ]
})";
  EXPECT_EQ(test::schema_says(results_schema(), shown), "");
  const auto read = read_results(shown);
  ASSERT_TRUE(read) << to_english(read.error().what);
  const auto& check = read->targets.at(0).stages.at(0).checks.at(0);
  EXPECT_TRUE(matches(check.expected.at(0), *check.observed));
  EXPECT_EQ(check.observed->evidence.at(0).kind, EvidenceKind::broker_log);
}

TEST(Results, with_a_sentence_but_not_its_making_keep_the_sentence) {
  const auto read = read_results(small_but("\"score\": 0", "\"score\": 0, \"message\": \"told by {hand}\""));
  ASSERT_TRUE(read);
  EXPECT_EQ(to_english(read->targets[0].message), "told by {hand}");
}

TEST(BrokenResults, are_refused_by_reader_and_schema_alike_and_the_place_is_named) {
  const struct {
    const char* piece;
    const char* other;
    const char* complaint;
  } rows[] = {
      {"\"id\": \"s\"", "\"di\": \"s\"", "results.targets[0].stages[0].id is missing"},
      {"\"id\": \"s\"", "\"id\": \"s\", \"x\": 1", "results.targets[0].stages[0].x is not known here"},
      {"\"id\": \"s\"", "\"id\": 7", "results.targets[0].stages[0].id must be a text"},
      {"\"seconds\": 1,", "\"seconds\": -1,", "results.run.seconds must be a number, 0 or more"},
      {"\"seconds\": 1,", "\"seconds\": \"1\",", "results.run.seconds must be a number, 0 or more"},
      {"\"exit_code\": 0", "\"exit_code\": 0.5", "results.run.exit_code must be a whole number"},
      {"\"command\": []", "\"command\": {}", "results.run.command must be a list"},
      {"\"command\": []", "\"command\": [1]", "results.run.command[0] must be a text"},
      {"\"score\": 0", "\"score\": 0, \"restored\": 1", "results.targets[0].restored must be true or false"},
      {"\"id\": \"r\"", "\"id\": \"r\", \"started\": \"now\"",
       "results.run.started must be a time such as 2026-11-22T15:17:23Z"},
      {"\"verdict\": \"pass\"", "\"verdict\": \"ok\"",
       "results.targets[0].stages[0].verdict must be one of pass, fail, error, skip"},
      {"\"expected\": []", "\"expected\": [{\"outcome\": \"refused\", \"by\": \"me\"}]",
       "results.targets[0].stages[0].checks[0].expected[0].by must be one of broker, mqtt, tls-peer, tls-self, "
       "network"},
      {"\"expected\": []", "\"expected\": [], \"evidence\": [{\"kind\": \"note\", \"text\": \"\"}]",
       "results.targets[0].stages[0].checks[0] has evidence, and nothing that was observed"},
      {"\"expected\": []",
       R"("expected": [], "observed": {"outcome": "closed", "by": "broker"}, "evidence": [{"kind": "log", "text": ""}])",
       "results.targets[0].stages[0].checks[0].evidence[0].kind must be one of broker-log, paho, tls, reproduce, note"},
      {"\"score\": 0", R"("score": 0, "traits": [{"kind": "key", "value": "1"}])",
       "results.targets[0].traits[0].kind must be one of ssh-host-key, ca-key, server-key, certificate-serial, "
       "password-hash"},
      {"[{\"name\"", "[3, {\"name\"", "results.targets[0] must be an object"},
      {"results/v1", "results/v2",
       "not results of this version: the schema is mqtts-harness/results/v2, and not mqtts-harness/results/v1"},
  };
  for (const auto& row : rows) {
    const auto text = small_but(row.piece, row.other);
    EXPECT_EQ(complaint(text), row.complaint);
    EXPECT_NE(test::schema_says(results_schema(), text), "") << text;
  }
}

TEST(WrittenResults, are_the_same_piece_by_piece) {
  for (const auto& report : {samples::grading_run(), samples::troubled(), Report{.run = samples::all_pass().run}}) {
    std::string all;
    const auto each = [&](const auto& take) -> Result<void> {
      for (const auto& target : report.targets)
        if (auto taken = take(target); !taken) return taken;
      return {};
    };
    ASSERT_TRUE(write_results(report, each, english, [&](std::string_view bytes) {
      all += bytes;
      return true;
    }));
    EXPECT_EQ(all, results_text(report, english));
  }
}

TEST(RunOfResults, is_read_without_the_targets) {
  const auto report = samples::grading_run();
  std::istringstream in(results_text(report, english));
  const auto run = read_run(in);
  ASSERT_TRUE(run);
  EXPECT_EQ(*run, report.run);
}

TEST(RunOfResults, that_are_cut_off_is_an_error_with_line_and_column) {
  std::istringstream in("{\n  \"a\": oops}");
  const auto run = read_run(in);
  ASSERT_FALSE(run);
  EXPECT_EQ(to_english(run.error().what), "not JSON: line 2, column 8");
}

TEST(BrokenResults, that_are_not_json_name_line_and_column) {
  EXPECT_EQ(complaint("{\n  \"a\": oops}"), "not JSON: line 2, column 8");
  EXPECT_EQ(complaint(""), "not JSON: line 1, column 1");
  EXPECT_EQ(complaint("[1e999]"), "JSON that cannot be held");
  EXPECT_EQ(complaint("\xff"), "not JSON: line 1, column 1");
}

TEST(BrokenResults, nested_deeply_do_no_harm) {
  EXPECT_NE(complaint(std::string(1'000'000, '[')), "read");
  EXPECT_NE(complaint(std::string(100'000, '[') + std::string(100'000, ']')), "read");
}

TEST(BrokenResults, with_a_number_too_big_for_an_int_are_refused) {
  EXPECT_EQ(complaint(small_but("\"exit_code\": 0", "\"exit_code\": 99999999999")),
            "results.run.exit_code must be a whole number");
}

}  // namespace
}  // namespace mqtts::reports
