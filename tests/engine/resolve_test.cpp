#include "harness/engine/resolve.h"

#include <gtest/gtest.h>

#include "harness/model/interfaces.h"
#include "harness/model/plan.h"
#include "tests/engine/simulated_broker.h"

namespace mqtts::engine {
namespace {

Plan plan_of(const std::string& port) {
  Plan plan;
  plan.listeners["ws"] = {.port = port, .tls = true, .websocket = true, .path = "/ws"};
  return plan;
}

Result<Client> client_at(const std::string& port) {
  NamedMaterials materials;
  return to_client({.listener = "ws"}, plan_of(port), {"127.0.0.1", "localhost"}, materials);
}

TEST(to_client, knows_the_listeners_websocket) {
  const auto client = client_at("9001");
  ASSERT_TRUE(client);
  EXPECT_TRUE(client->websocket && client->tls);
  EXPECT_EQ(client->websocket_path, "/ws");
  EXPECT_EQ(client->port, 9001);
}

// The check is skipped.
TEST(to_client, lacks_a_port_that_the_target_does_not_say) {
  const auto client = client_at("0");
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().kind, ErrorKind::missing_material);
}

}  // namespace
}  // namespace mqtts::engine
