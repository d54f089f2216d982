// TLS 1.3 rejects late: the alert comes after our own handshake has succeeded. It must never be lost.
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "harness/wire/probe_connection.h"
#include "tests/support/finished_lab.h"

namespace mqtts::wire {
namespace {

TEST(late_alert, is_never_lost_among_500_rejections_16_at_a_time) {
  constexpr int total = 500;
  constexpr int at_a_time = 16;
  const test::FinishedLab lab;
  auto client = lab.good_client();
  client.identity.reset();
  std::atomic<int> begun = 0;
  std::atomic<int> alerts = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < at_a_time; ++i)
      threads.emplace_back([&] {
        while (begun++ < total) {
          const auto facts = probe_connection(client, Deadline::in(std::chrono::seconds(20)));
          if (facts && facts->by == By::tls_peer && facts->code == 116 && facts->tls->version == "TLSv1.3") ++alerts;
        }
      });
  }
  EXPECT_EQ(alerts, total);
}

}  // namespace
}  // namespace mqtts::wire
