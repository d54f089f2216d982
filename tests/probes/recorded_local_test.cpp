// Recording a client's traffic changes nothing of what it sees: each is asked with and without.
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/probes/probes.h"
#include "harness/wire/capture.h"
#include "tests/support/finished_lab.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/temporary_folder.h"

namespace mqtts::probes {
namespace {

namespace hostile = test::hostile;

struct Peculiar {
  const char* name;
  test::Script script;  // none: nothing listens
};

std::vector<Peculiar> peculiar_brokers() {
  return {{"nobody", {}},
          {"says_nothing", hostile::says_nothing()},
          {"closes_at_once", hostile::closes_at_once()},
          {"resets_at_once", hostile::resets_at_once()},
          {"resets_after_reading", hostile::resets_after_reading()},
          {"closes_after_reading", hostile::answers_and_closes("")},
          {"lets_in", hostile::answers(hostile::connack(0))},
          {"lets_in_and_closes", hostile::answers_and_closes(hostile::connack(0))},
          {"refuses", hostile::answers_and_closes(hostile::connack(5))},
          {"refuses_and_stays", hostile::answers(hostile::connack(5))},
          {"drips", hostile::drips(hostile::connack(0), std::chrono::milliseconds(5))},
          {"is_no_mqtt", hostile::answers(hostile::http_error())},
          {"never_ends", hostile::answers_endlessly(hostile::connack(0))}};
}

// Of TLS 1.3 Paho may lose the alert, in whatever it then says (see wire/paho_client.h): its words count in clear only.
std::string gist_of(const Result<Observation>& seen, bool in_clear) {
  if (!seen) return to_english(seen.error().what);
  std::string gist =
      std::string(to_string(seen->outcome)) + "/" + std::string(to_string(seen->by)) + "/" + seen->reason;
  if (seen->code) gist += "/" + std::to_string(*seen->code);
  if (seen->tls) gist += "/" + seen->tls->version + "/" + seen->tls->cipher + "/" + seen->tls->verified;
  for (const auto& evidence : seen->evidence)
    // Where a connection fails, Paho's words depend on which of its threads notices first.
    if (evidence.kind == EvidenceKind::paho && in_clear) {
      const auto words = evidence.text + to_english(evidence.message);
      gist += "\n" + words.substr(0, words.find(": "));
    }
  return gist;
}

class Recorded : public testing::Test {
 protected:
  std::string seen_by(Client client, const std::string& kind, Programs programs, bool is_recorded) {
    wire::CaptureFolder recorder(folder.path(), wire::Keys::recorded);
    if (is_recorded) client.traffic = recorder.attempt("stage", "check", "check", Secrets::none);
    const auto seen =
        prober.observe({.client = client,
                        .kind = kind,
                        .parameters = kind == "deliver" ? std::map<std::string, std::string>{{"topic", "t"}}
                                                        : std::map<std::string, std::string>{},
                        .programs = programs,
                        .timeout = std::chrono::milliseconds(600)},
                       Deadline::in(std::chrono::seconds(20)));
    client.traffic.reset();
    EXPECT_EQ(recorder.capture_of("stage", "check").has_value(), is_recorded);
    return gist_of(seen, !client.tls);
  }

  void expect_the_same(const Client& client, const std::string& kind, Programs programs, const std::string& name) {
    const auto without = seen_by(client, kind, programs, false);
    EXPECT_EQ(seen_by(client, kind, programs, true), without) << name << " by " << kind;
  }

  WireProber prober;
  test::TemporaryFolder folder;
};

TEST_F(Recorded, clients_see_the_same_of_a_broker_that_misbehaves) {
  for (const auto& [name, script] : peculiar_brokers()) {
    std::unique_ptr<test::HostileBroker> broker;
    if (script) broker = std::make_unique<test::HostileBroker>(script);
    const Client client{
        .address = "127.0.0.1", .port = broker ? broker->port() : test::closed_port(), .name = "127.0.0.1"};
    for (const auto programs : {Programs::both, Programs::paho_only})
      expect_the_same(client, "connect", programs, name);
    expect_the_same(client, "deliver", Programs::both, name);
  }
}

TEST_F(Recorded, clients_see_the_same_of_a_lab) {
  for (const auto* version : {"TLSv1.2", "TLSv1.3"}) {
    test::FinishedLab lab(version);
    const auto good = lab.good_client();
    auto nobody = good;
    nobody.identity.reset();
    auto stranger = good;
    stranger.identity = lab.material.signed_by_stranger({.subject = "/CN=userclient"});
    auto wrong = good;
    wrong.password = "wrong";
    auto untrusting = good;
    untrusting.trust = lab.material.stranger_ca;
    auto in_clear = good;
    in_clear.tls = false;
    for (const auto& client : {good, nobody, stranger, wrong, untrusting, in_clear})
      for (const auto* kind : {"connect", "deliver"}) expect_the_same(client, kind, Programs::both, version);
  }
}

}  // namespace
}  // namespace mqtts::probes
