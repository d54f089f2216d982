#include "harness/pki/key_generator.h"

#include <algorithm>

#include "tests/pki/support.h"

namespace mqtts::pki {
namespace {

// More RSA keys than all cores can begin at once.
std::vector<KeyRequest> many_rsa_orders() {
  const auto count = 16 * std::max(1U, std::thread::hardware_concurrency());
  std::vector<KeyRequest> orders;
  for (unsigned i = 0; i < count; ++i) orders.push_back({"rsa-" + std::to_string(i), KeyType::rsa_2048});
  return orders;
}

bool is_ready(const TemporaryFolder& folder, const KeyRequest& order) {
  return std::filesystem::exists(folder / (order.name + ".key"));
}

TEST(KeyGenerator, makes_each_key_and_its_file) {
  const TemporaryFolder folder;
  KeyGenerator forge(folder.path(), {{"a", KeyType::rsa_2048}, {"b", KeyType::ec_p256}});
  EXPECT_EQ(EVP_PKEY_is_a(must(parse_key(must(forge.key("a")))).get(), "RSA"), 1);
  const auto b = must(forge.key("b"));
  EXPECT_EQ(EVP_PKEY_is_a(must(parse_key(b)).get(), "EC"), 1);
  EXPECT_EQ(b.file, folder / "b.key");
  EXPECT_EQ(content_of(b.file), b.text);
  EXPECT_EQ(must(forge.key("b")).text, b.text);
  EXPECT_GT(forge.seconds(), 0);
}

TEST(KeyGenerator, begins_with_keys_that_cost_nothing) {
  const TemporaryFolder folder;
  auto orders = many_rsa_orders();
  orders.push_back({"ec", KeyType::ec_p256});
  KeyGenerator forge(folder.path(), orders);
  EXPECT_TRUE(forge.key("ec"));
  EXPECT_FALSE(is_ready(folder, orders[orders.size() / 2]));
}

TEST(KeyGenerator, makes_next_what_somebody_waits_for) {
  const TemporaryFolder folder;
  const auto orders = many_rsa_orders();
  KeyGenerator forge(folder.path(), orders);
  EXPECT_TRUE(forge.key(orders.back().name));
  EXPECT_FALSE(is_ready(folder, orders[orders.size() - 2]));
}

TEST(KeyGenerator, abandons_the_rest_when_it_dies) {
  const TemporaryFolder folder;
  const auto orders = many_rsa_orders();
  { const KeyGenerator forge(folder.path(), orders); }
  EXPECT_FALSE(is_ready(folder, orders.back()));
}

TEST(KeyGenerator, without_orders_does_nothing) {
  const TemporaryFolder folder;
  EXPECT_EQ(KeyGenerator(folder.path(), {}).seconds(), 0);
}

TEST(KeyGenerator, tells_whoever_waits_that_a_key_could_not_be_written) {
  KeyGenerator forge("/nonexistent", {{"a", KeyType::ec_p256}});
  const auto key = forge.key("a");
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().kind, ErrorKind::local);
  EXPECT_EQ(to_english(key.error().what), "/nonexistent/a.key cannot be written");
}

}  // namespace
}  // namespace mqtts::pki
