// Reports with fixed times and hostile texts, for golden files and for round trips.
#pragma once

#include <string>
#include <vector>

#include "harness/model/report.h"

namespace mqtts::reports::samples {

inline constexpr auto* lab_digest = "6f1ed002ab5595859014ebf0951522d9a9b5a8f9a2a4f1f3f2e0f9d7f1c2b3a4";

inline Expected refusal(By by, std::vector<std::string> reasons) { return {Outcome::refused, by, std::move(reasons)}; }

inline TlsFacts tls_facts() {
  return {.version = "TLSv1.3",
          .cipher = "TLS_AES_256_GCM_SHA384",
          .certificate_requested = true,
          .certificate_sent = false,
          .verified = "ok",
          .name_match = "commonName",
          .chain = {{.subject = "CN=127.0.0.1,L=PARIS,C=FR",
                     .issuer = "CN=Lab CA,L=PARIS,C=FR",
                     .sha256 = "00ff",
                     .not_before = "2026-11-22T15:17:20Z",
                     .not_after = "2027-11-17T15:17:20Z"}}};
}

inline CheckResult open_listener() {
  return {.id = "open-listener-accepts",
          .title = {"A client without any secret is let in", "Un client sans aucun secret est admis"},
          .verdict = Verdict::pass,
          .seconds = 0.016,
          .points = 1,
          .max_points = 1,
          .expected = {{Outcome::accepted, By::broker, {}}},
          .observed = Observation{.outcome = Outcome::accepted, .by = By::broker, .seconds = 0.015},
          .message = msg("let in, as it should be")};
}

inline CheckResult cleartext_closed() {
  return {.id = "cleartext-listener-closed",
          .title = {"Nothing listens without TLS", "Rien n'écoute sans TLS"},
          .hint = {"Remove the listener on 1883.", "Retirez le listener du port 1883."},
          .tags = {"transport"},
          .verdict = Verdict::pass,
          .seconds = 0.002,
          .points = 2,
          .max_points = 2,
          .control = "tls-accepted",
          .changed = "listener",
          .expected = {refusal(By::network, {}), {Outcome::timeout, By::network, {}}},
          .observed = Observation{.outcome = Outcome::refused,
                                  .by = By::network,
                                  .code = 111,
                                  .reason = "connection_refused",
                                  .seconds = 0.001},
          .message = msg("refused, for the right reason")};
}

inline CheckResult missing_certificate() {
  return {
      .id = "missing-client-certificate-rejected",
      .title = {"A client without a certificate is refused", "Un client sans certificat est refusé"},
      .hint = {"Add require_certificate true.", "Ajoutez require_certificate true."},
      .tags = {"client-certificate"},
      .verdict = Verdict::pass,
      .seconds = 0.021,
      .points = 2.5,
      .max_points = 2.5,
      .control = "valid-mtls-accepted",
      .changed = "certificate",
      .expected = {refusal(By::tls_peer, {"certificate_required", "handshake_failure"})},
      .observed =
          Observation{.outcome = Outcome::refused,
                      .by = By::tls_peer,
                      .code = 116,
                      .reason = "certificate_required",
                      .tls = tls_facts(),
                      .evidence = {{EvidenceKind::broker_log, "OpenSSL Error[0]: peer did not return a certificate\n"},
                                   {EvidenceKind::reproduce, "mosquitto_pub -h 127.0.0.1 -p 8883 --cafile ca.crt"}},
                      .seconds = 0.019},
      .message = msg("refused, for the right reason")};
}

inline CheckResult anonymous_let_in() {
  return {
      .id = "anonymous-rejected",
      .title = {"A client without a name is refused", "Un client sans nom est refusé"},
      .hint = {"Write allow_anonymous false in mosquitto.conf.", "Écrivez allow_anonymous false dans mosquitto.conf."},
      .verdict = Verdict::fail,
      .seconds = 0.034,
      .max_points = 2,
      .control = "valid-password-accepted",
      .changed = "account",
      .expected = {refusal(By::mqtt, {"not_authorized", "bad_user_name_or_password"})},
      .observed = Observation{.outcome = Outcome::accepted,
                              .by = By::broker,
                              .evidence = {{EvidenceKind::broker_log,
                                            "1763824643: New client \x1b[31mconnected\x1b[0m as a<b>&\"c\"\xff\n"
                                            "[[ATTACHMENT|/etc/passwd]]\n"}},
                              .seconds = 0.033},
      .message = msg("a client that should be refused was let in")};
}

inline CheckResult nothing_answered() {
  return {.id = "valid-password-accepted",
          .title = {"A client with the right password is let in", ""},
          .verdict = Verdict::error,
          .seconds = 5,
          .max_points = 3,
          .expected = {{Outcome::accepted, By::broker, {}}},
          .observed = Observation{.outcome = Outcome::timeout, .by = By::network, .reason = "no_answer", .seconds = 5},
          .message = msg("nothing answers: the broker may be down, or a firewall may stand between")};
}

inline CheckResult never_tried(const char* id, Verdict verdict, const Message& why) {
  return {
      .id = id, .verdict = verdict, .max_points = 1, .expected = {{Outcome::accepted, By::broker, {}}}, .message = why};
}

inline RunInfo run_info(int exit_code) {
  return {.id = "20261122-151723-embedded",
          .started = "2026-11-22T15:17:23Z",
          .seconds = 3.1,
          .tool = "mqtts-harness 0.1.0",
          .plan = "lab",
          .plan_title = {"Securing an MQTT connection", "Sécurisation d'une connexion MQTT"},
          .plan_sha256 = lab_digest,
          .command = {"run", "scenarios/lab.json"},
          .exit_code = exit_code};
}

inline Report all_pass() {
  return {.run = run_info(0),
          .targets = {{.name = "embedded",
                       .host = "127.0.0.1",
                       .broker = "mosquitto 2.0.11",
                       .restored = true,
                       .score = 5.5,
                       .max_score = 5.5,
                       .stages = {{.id = "open",
                                   .title = {"Open listener", "Listener ouvert"},
                                   .verdict = Verdict::pass,
                                   .points = 1,
                                   .max_points = 1,
                                   .seconds = 0.412,
                                   .started = "2026-11-22T15:17:23Z",
                                   .timing = {.transfer = 0.1, .restart = 0.25, .probing = 0.062},
                                   .checks = {open_listener()}},
                                  {.id = "client-certificate",
                                   .title = {"Client certificate", "Certificat client"},
                                   .verdict = Verdict::pass,
                                   .points = 4.5,
                                   .max_points = 4.5,
                                   .seconds = 0.8,
                                   .started = "2026-11-22T15:17:24Z",
                                   .timing = {.minting = 0.36, .transfer = 0.1, .restart = 0.25, .probing = 0.09},
                                   .checks = {cleartext_closed(), missing_certificate()}}}}}};
}

// A fail, an error, a skip, a stage that could not be applied, and a broker that was not restored.
inline Report troubled() {
  const auto not_up = msg("the broker did not come up in stage {stage}", {{"stage", "acl"}});
  return {.run = run_info(4),
          .targets = {{.name = "student 07",
                       .host = "192.0.2.7",
                       .broker = "mosquitto 3.0.0",
                       .broker_doubt = msg(
                           "Mosquitto {version} is not a version that we know; it is taken for a Mosquitto {dialect}",
                           {{"version", "3.0.0"}, {"dialect", "2.1"}}),
                       .restored = false,
                       .message = msg("nothing answers on {host}", {{"host", "192.0.2.7"}}),
                       .by_hand = {"sudo mv -fT -- /etc/mosquitto/mosquitto.conf.before /etc/mosquitto/mosquitto.conf",
                                   "sudo systemctl restart mosquitto"},
                       .score = 0,
                       .max_score = 8,
                       .stages = {{.id = "password",
                                   .title = {"Password", "Mot de passe"},
                                   .verdict = Verdict::fail,
                                   .max_points = 6,
                                   .seconds = 5.034,
                                   .started = "2026-11-22T15:17:24Z",
                                   .checks = {nothing_answered(), anonymous_let_in(),
                                              never_tried("wrong-password-rejected", Verdict::skip,
                                                          msg("not tried: stopped by a signal"))}},
                                  {.id = "acl",
                                   .title = {"Access control", "Contrôle d'accès"},
                                   .verdict = Verdict::error,
                                   .max_points = 2,
                                   .seconds = 2,
                                   .started = "2026-11-22T15:17:29Z",
                                   .message = not_up,
                                   .detail = "Error: Unknown configuration variable \"acl_fil\".\x07\n",
                                   .checks = {never_tried("acl-publish-denied", Verdict::error, not_up),
                                              never_tried("acl-subscribe-denied", Verdict::error, not_up)}}}}}};
}

inline Report unreachable() {
  return {.run = run_info(3),
          .targets = {{.name = "embedded",
                       .host = "127.0.0.1",
                       .message = msg("nothing answers on {host}", {{"host", "127.0.0.1:2222"}})}}};
}

inline TargetResult student(const char* id, const char* name, const char* email, std::vector<StageResult> stages,
                            double score) {
  return {.name = id,
          .host = "192.0.2.7",
          .broker = "mosquitto 2.0.11",
          .score = score,
          .max_score = 10.5,
          .stages = std::move(stages),
          .student = Student{.id = id,
                             .name = name,
                             .email = email,
                             .target = "ssh://grader@192.0.2.7",
                             .due = "",
                             .submitted = "2026-11-23T09:00:00Z",
                             .columns = {{"group", "TP 2"}, {"remark", "=HYPERLINK(\"http://192.0.2.1\")"}}},
          .looked_at = "2026-11-22T15:17:23Z",
          .fingerprints = {{FingerprintKind::ssh_host_key, "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"},
                           {FingerprintKind::certificate_serial, "2f0c6f1e9b7d5a3c8e1f"}}};
}

// A class: a student with full points, a late one with fails, one with hostile names, and an ungraded one.
inline Report grading_run() {
  auto finished = student("s01", "Ada Lovelace", "ada@example.org", all_pass().targets[0].stages, 5.5);
  finished.stages[0].checks[0].bonus = true;

  auto late = student("s02", "Blaise Pascal", "blaise@example.org", troubled().targets[0].stages, 0);
  late.late_percent = 20;
  late.stages[0].checks[1].visibility = Visibility::after_due;
  late.stages[0].checks[1].detail = FailureDetail::actual;
  late.stages[1].hidden_checks = 1;

  auto hostile = student("s03", "<script>alert(1)</script> \x1b[31m", "@SUM(1+1)*cmd|' /C calc'!A0",
                         all_pass().targets[0].stages, 4.5);
  hostile.penalty = 1;
  hostile.stages[1].checks[1].points = 0;
  hostile.stages[1].checks[1].withheld = msg("{check}, which it needs, did not pass", {{"check", "tls-accepted"}});

  auto unreachable = student("s04", "Émilie du Châtelet", "emilie@example.org", {}, 0);
  unreachable.not_graded = msg("nothing answers on {host}", {{"host", "192.0.2.7"}});
  unreachable.fingerprints.clear();

  auto run = run_info(3);
  run.command = {"grade", "lab", "--roster", "class.csv", "--out", "marks"};
  run.seed = "00112233445566778899aabbccddeeff";
  run.due = "2026-11-22T12:00:00Z";
  return {.run = run,
          .targets = {finished, late, hostile, unreachable},
          .summary = ClassSummary{
              .causes = {{.what = msg("nothing answers: the broker may be down, or a firewall may stand between"),
                          .checks = {"valid-password-accepted"},
                          .targets = {"s02"}}},
              .copies = {{.kind = FingerprintKind::ssh_host_key,
                          .value = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
                          .targets = {"s01", "s02", "s03"}},
                         {.kind = FingerprintKind::certificate_serial,
                          .value = "2f0c6f1e9b7d5a3c8e1f",
                          .targets = {"s01", "s02", "s03"}}}}};
}

}  // namespace mqtts::reports::samples
