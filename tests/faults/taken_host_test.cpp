// Two harnesses on one host, and one that finds what another has left.
#include "tests/faults/student_host.h"
#include "tests/fixtures/processes.h"

namespace mqtts::faults {

using remote::read_file;
using test::soon;

using ::testing::HasSubstr;

class TakenHost : public StudentHost {
 protected:
  // A run that has put its second stage in place, and does not hear of it until the relay speaks again.
  void start_first() {
    const auto is_changed = [this](int) {
      return read_file(target.broker.configuration_path).find(target.broker.tls_listener) != std::string::npos;
    };
    relay.emplace(ssh().port, is_changed, [] { return Relay::Then::silence; });
    first = start_run(target_through(*relay));
    const auto deadline = soon();
    while (!relay->fault_has_come() && !deadline.passed()) continue;
    ASSERT_TRUE(relay->fault_has_come());
    ASSERT_TRUE(std::filesystem::exists(target.broker.journal));
    // Its last command ends over there, though it does not hear of it.
    ASSERT_TRUE(comes_true([this] { return !has_something_half_done(); }));
  }
  bool has_something_half_done() const {
    // Folders that may vanish while they are looked at are not gone into.
    for (const auto& place : {std::filesystem::path(target.broker.home),
                              std::filesystem::path(target.broker.configuration_path).parent_path()})
      for (const auto& entry : std::filesystem::directory_iterator(place))
        if (entry.path().filename().string().starts_with(".mqtts-")) return true;
    return false;
  }
  std::optional<Relay> relay;
  std::unique_ptr<Program> first;
};

TEST_F(TakenHost, the_second_harness_is_told_who_holds_it_and_changes_nothing) {
  start_first();
  const auto during = snapshot(target.broker.root);
  const auto second = run(folder / "target.json");
  EXPECT_EQ(second.code, 3) << second.out << second.err;
  EXPECT_THAT(second.err, HasSubstr(fmt::format("process {}", first->process())));
  const auto restored = restore();
  EXPECT_EQ(restored.code, 3) << restored.out << restored.err;
  EXPECT_THAT(restored.err, HasSubstr(fmt::format("process {}", first->process())));
  EXPECT_EQ(snapshot(target.broker.root), during);

  relay->speak_again();
  const auto ended = first->end();
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  expect_as_before("after the first has ended");
}

TEST_F(TakenHost, a_host_that_was_taken_over_is_no_longer_the_first_ones_to_change) {
  start_first();
  const auto restored = restore({"--take-over"});
  EXPECT_EQ(restored.code, 0) << restored.out << restored.err;
  expect_as_before("taken over");
  relay->speak_again();
  const auto ended = first->end();
  EXPECT_THAT(ended.code, testing::AnyOf(3, 4)) << ended.out << ended.err;
  expect_as_before("after the first has ended");
}

TEST_F(TakenHost, a_run_refuses_to_start_on_what_a_killed_one_has_left) {
  start_first();
  first->signal(SIGKILL);
  first->end();
  relay.reset();
  const auto left = snapshot(target.broker.root);
  const auto deadline = soon();
  auto second = run(folder / "target.json");
  while (second.err.find("is at work") != std::string::npos && !deadline.passed()) second = run(folder / "target.json");
  EXPECT_EQ(second.code, 3) << second.out << second.err;
  EXPECT_THAT(second.err, HasSubstr("restore --target"));
  EXPECT_EQ(snapshot(target.broker.root), left);
  EXPECT_EQ(restore().code, 0);
  expect_as_before("restored");
  EXPECT_EQ(run(folder / "target.json").code, 0);
  expect_as_before("another run");
}

TEST_F(TakenHost, a_stage_that_is_kept_can_be_put_back_later) {
  const auto kept = run(folder / "target.json", {"--keep"});
  EXPECT_EQ(kept.code, 0) << kept.err;
  EXPECT_THAT(kept.out, HasSubstr("restore --target"));
  EXPECT_TRUE(is_open(target.mqtt.tls_port));
  const auto since = "a run with --keep left its configuration in place (since 20";
  const auto again = run(folder / "target.json");
  EXPECT_EQ(again.code, 3) << again.err;
  EXPECT_THAT(again.err, HasSubstr(since));
  const auto doctor = Program({e2e::harness(), "doctor", "--target", folder / "target.json"}, folder.path()).end();
  EXPECT_THAT(doctor.out, HasSubstr(since));
  const auto restored = restore();
  EXPECT_EQ(restored.code, 0) << restored.err;
  EXPECT_THAT(restored.out, HasSubstr("the run with --keep of"));
  EXPECT_EQ((again.err + doctor.out + restored.out).find("interrupted"), std::string::npos);
  expect_as_before("kept, then restored");
}

}  // namespace mqtts::faults
