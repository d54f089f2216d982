#include "harness/wire/stream.h"

namespace mqtts::wire {

Step step_of(const Io& io) {
  switch (io.outcome) {
    case IoOutcome::done: return {.outcome = StepOutcome::done, .bytes = io.bytes};
    case IoOutcome::ended: return {.outcome = StepOutcome::closed, .detail = "the peer closed the connection"};
    case IoOutcome::broken: return {.outcome = StepOutcome::closed, .detail = io.reason};
    case IoOutcome::timed_out: break;
  }
  return {.outcome = StepOutcome::timed_out, .detail = "no answer in time"};
}

Step PlainStream::read(std::span<unsigned char> buffer, const Deadline& deadline) {
  return step_of(read_some(socket_, buffer, deadline));
}

void PlainStream::write(std::span<const unsigned char> bytes, const Deadline& deadline) {
  write_all(socket_, bytes, deadline);
}

}  // namespace mqtts::wire
