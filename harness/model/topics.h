// The topics that an account could read, without what was said there.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mqtts {

// Kinds of personal data and secrets.
enum class DataKind {
  email,
  position,  // where on Earth
  phone,
  card,  // of payment
  password,
  token,  // lets its holder in: JWT, API key
  private_key
};

std::string_view to_string(DataKind);  // "private-key"
std::optional<DataKind> data_kind_from(std::string_view);
std::vector<std::string> data_kinds();  // all names

struct TopicSeen {
  std::string topic;  // valid UTF-8, a long one cut; hostile text
  int messages = 0;
  int retained = 0;                   // of these, those that waited for the subscription
  std::vector<DataKind> suspected{};  // in their order above
  bool operator==(const TopicSeen&) const = default;
};

struct TopicsSeen {
  std::vector<TopicSeen> topics;  // by name
  bool truncated = false;         // there were more topics than are kept, or the connection ended before the time
  bool operator==(const TopicsSeen&) const = default;
};

}  // namespace mqtts
