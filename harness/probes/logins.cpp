#include "harness/probes/logins.h"

#include <utility>

#include "harness/util/message.h"
#include "harness/util/seeded_random.h"
#include "harness/wire/random_bytes.h"

namespace mqtts::probes {

Result<wire::ConnectionFacts> Logins::right() { return make(attempt_.client); }

Result<wire::ConnectionFacts> Logins::with(const std::string& user_name, const std::string& password) {
  auto client = attempt_.client;
  client.user_name = user_name;
  client.password = password;
  return make(std::move(client));
}

Result<wire::ConnectionFacts> Logins::make(Client client) {
  const auto label = "login " + std::to_string(++count_);
  if (!client.seed.empty()) client.seed = derive(client.seed, label);
  client.requires_client_id |= requires_client_id_;
  auto facts = wire::probe_connection(client, deadline_.within(attempt_.timeout));
  // MQTT 3.1.1 section 3.2.2.3: a broker may take no client without an id.
  if (!facts || facts->by != By::mqtt || facts->reason != "client_identifier_not_valid" || client.requires_client_id)
    return facts;
  requires_client_id_ = true;
  client.requires_client_id = true;
  return wire::probe_connection(client, deadline_.within(attempt_.timeout));
}

std::string Logins::made_up(std::size_t length) {
  constexpr std::string_view letters = "abcdefghijkmnpqrstuvwxyz23456789";
  const auto label = "made up " + std::to_string(++count_);
  std::string text;
  for (const char byte : wire::random_bytes(length, attempt_.client.seed, label))
    text += letters[static_cast<unsigned char>(byte) % letters.size()];
  return text;
}

bool is_wrong_login(const wire::ConnectionFacts& facts) {
  return facts.outcome == Outcome::refused && facts.by == By::mqtt &&
         (facts.reason == "not_authorized" || facts.reason == "bad_user_name_or_password");
}

bool has_account(const Attempt& attempt) {
  return attempt.client.user_name && attempt.client.password && !attempt.client.has_wrong_password;
}

tl::unexpected<Error> needs_account() {
  return failure(ErrorKind::missing_material,
                 msg("this needs an account with its password: without one that is let in, "
                     "nothing can be said of those that are refused"));
}

}  // namespace mqtts::probes
