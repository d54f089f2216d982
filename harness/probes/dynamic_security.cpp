#include "harness/probes/dynamic_security.h"

#include <nlohmann/json.hpp>

namespace mqtts::probes {
namespace {

// Empty if every command was carried out.
std::string fault_in(const std::string& answer) {
  const auto parsed = nlohmann::json::parse(answer, nullptr, false);
  const auto responses = parsed.is_object() ? parsed.value("responses", nlohmann::json::array()) : nlohmann::json::array();
  if (!responses.is_array() || responses.empty()) return "an answer that cannot be read";
  for (const auto& response : responses)
    if (!response.is_object() || response.contains("error"))
      return response.is_object() && response["error"].is_string() ? response["error"].get<std::string>()
                                                                   : "an answer that cannot be read";
  return {};
}

}  // namespace

std::string SecurityOrders::carry_out(const std::string& order, const Deadline& deadline) {
  const auto time = deadline.within(timeout_);
  if (!is_subscribed_)
    is_subscribed_ = client_.subscribe(answer_topic, time, 1).outcome == wire::PahoOutcome::done;
  const auto sent = client_.publish({order_topic, order, 1}, time);
  if (sent.outcome != wire::PahoOutcome::done) return "the order was not taken";
  const auto answer = client_.next_message(time, wire::Retained::take);
  return answer ? fault_in(*answer) : "no answer";
}

}  // namespace mqtts::probes
