#include "harness/runner/worker.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <thread>

#include <nlohmann/json.hpp>

#include "harness/util/parse_number.h"

namespace mqtts::runner {
namespace {

// Writes lines from several threads, each line whole.
class EventPipe {
 public:
  explicit EventPipe(int fd) : fd_(fd) {}

  void put(const WorkerEvent& event) {
    const auto line = to_line(event);
    const std::lock_guard lock(mutex_);
    std::string_view left = line;
    while (!left.empty()) {
      const auto written = ::write(fd_, left.data(), left.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) std::_Exit(EXIT_FAILURE);  // the reader has gone
      left.remove_prefix(static_cast<std::size_t>(written));
    }
  }

 private:
  const int fd_;
  std::mutex mutex_;
};

}  // namespace

std::string to_line(const WorkerEvent& event) {
  const nlohmann::json json = {{"job", event.number}, {event.is_end ? "end" : "tell", event.text}};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

std::optional<WorkerEvent> event_from(std::string_view line) {
  const auto json = nlohmann::json::parse(line, nullptr, false);
  if (!json.is_object() || !json.contains("job")) return std::nullopt;
  const bool is_end = json.contains("end");
  return WorkerEvent{json["job"].get<std::size_t>(), is_end, json.value(is_end ? "end" : "tell", "")};
}

void work(int commands, int events, const Job& job) {
  EventPipe pipe(events);
  std::string received;
  for (;;) {
    std::array<char, 4096> buffer{};
    const auto count = ::read(commands, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) std::_Exit(EXIT_SUCCESS);
    received.append(buffer.data(), static_cast<std::size_t>(count));
    for (auto end = received.find('\n'); end != std::string::npos; end = received.find('\n')) {
      const auto number = leading_number<std::size_t>(std::string_view(received).substr(0, end));
      received.erase(0, end + 1);
      std::thread([&pipe, &job, number] {
        const auto tell = [&](const std::string& text) { pipe.put({number, false, text}); };
        pipe.put({number, true, job(number, tell)});
      }).detach();
    }
  }
}

}  // namespace mqtts::runner
