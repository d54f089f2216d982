#include "reports/topics.h"

#include <algorithm>
#include <cstddef>

namespace mqtts::reports {
namespace {

Message describe_kind(DataKind kind) {
  switch (kind) {
    case DataKind::email: return msg("e-mail address");
    case DataKind::position: return msg("position");
    case DataKind::phone: return msg("phone number");
    case DataKind::card: return msg("card number");
    case DataKind::password: return msg("password");
    case DataKind::token: return msg("access token");
    case DataKind::private_key: return msg("private key");
  }
  return {};
}

}  // namespace

std::string suspected_kinds(const TopicSeen& topic, const Translator& tr) {
  std::string all;
  for (const auto kind : topic.suspected) all += (all.empty() ? "" : ", ") + tr(describe_kind(kind));
  return all;
}

std::vector<const TopicSeen*> most_telling(const TopicsSeen& seen) {
  std::vector<const TopicSeen*> all;
  for (const auto& topic : seen.topics) all.push_back(&topic);
  std::ranges::stable_sort(all, [](const TopicSeen* one, const TopicSeen* other) {
    if (one->suspected.empty() != other->suspected.empty()) return other->suspected.empty();
    return one->messages > other->messages;
  });
  return all;
}

std::vector<Message> summary_of(const TopicsSeen& seen) {
  if (seen.topics.empty() && !seen.truncated) return {msg("no topic could be read")};
  const auto suspected = static_cast<std::size_t>(
      std::ranges::count_if(seen.topics, [](const TopicSeen& topic) { return !topic.suspected.empty(); }));
  std::vector<Message> all = {msg_n(seen.topics.size(), "{count} topic could be read", "{count} topics could be read")};
  if (suspected > 0)
    all.push_back(msg_n(suspected, "{count} seems to hold personal data or secrets",
                        "{count} seem to hold personal data or secrets"));
  if (seen.truncated)
    all.push_back(msg("there may be more: too many topics, or the connection ended before the time was over"));
  return all;
}

}  // namespace mqtts::reports
