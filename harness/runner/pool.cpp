#include "harness/runner/pool.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <deque>
#include <list>
#include <map>
#include <stdexcept>

#include "harness/runner/worker.h"
#include "harness/util/fd.h"
#include "harness/util/process.h"

namespace mqtts::runner {
namespace {

constexpr auto tick_time = std::chrono::milliseconds(100);
constexpr auto overdue_grace = std::chrono::seconds(15);
constexpr auto winding_up_time = std::chrono::seconds(5);

struct Pipe {
  Fd read;
  Fd write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe can be made: too many files are open");
  return {Fd(ends[0]), Fd(ends[1])};
}

struct JobUnderWay {
  Clock::time_point begun = Clock::now();
  Clock::time_point last_sign = begun;
};

struct Process {
  pid_t id = 0;
  Fd commands;
  Fd events;
  std::string received;
  std::map<std::size_t, JobUnderWay> jobs;
  bool for_one_job = false;
};

struct Added {
  std::size_t number = 0;
  Clock::time_point due;
};

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status)) + ", " + strsignal(WTERMSIG(status));
  return "exit code " + std::to_string(WEXITSTATUS(status));
}

class Pool {
 public:
  Pool(const std::vector<std::size_t>& jobs, const PoolWork& work, const PoolLimits& limits, const PoolWatcher& watcher,
       const StopFlag& stop)
      : work_(work), limits_(limits), watcher_(watcher), stop_(stop), waiting_(jobs.begin(), jobs.end()) {}

  void run() {
    while (!waiting_.empty() || !added_.empty() || !suspects_.empty() || is_busy()) {
      if (stop_ != 0 || Clock::now() >= limits_.end) return wind_up();
      hand_out();
      listen(tick_time);
      end_overdue();
      watcher_.tick();
    }
    for (auto& process : processes_) retire(process);
  }

 private:
  bool is_busy() const {
    return std::ranges::any_of(processes_, [](const Process& process) { return !process.jobs.empty(); });
  }

  void hand_out() {
    std::erase_if(processes_,
                  [this](Process& process) { return process.for_one_job && process.jobs.empty() && retire(process); });
    while (!suspects_.empty() && has_room_for_a_process()) {
      auto& process = start_process();
      process.for_one_job = true;
      begin(process, take_first(suspects_));
    }
    while (has_next()) {
      auto* process = one_with_room();
      if (process == nullptr) return;
      begin(*process, take_next());
    }
  }

  bool has_next() const { return !waiting_.empty() || !added_.empty(); }

  // Added jobs wait for the others, but not for long: some of those take time without using the processor.
  std::size_t take_next() {
    const bool is_due = !added_.empty() && (waiting_.empty() || added_.front().due <= Clock::now());
    if (!is_due) return take_first(waiting_);
    const auto number = added_.front().number;
    added_.pop_front();
    return number;
  }

  void finish(std::size_t number, const JobEnd& end) {
    const auto added = watcher_.ended(number, end);
    if (added && stop_ == 0) added_.push_back({*added, Clock::now() + limits_.added_after});
  }

  static std::size_t take_first(std::deque<std::size_t>& queue) {
    const auto first = queue.front();
    queue.pop_front();
    return first;
  }

  bool has_room_for_a_process() const { return std::ssize(processes_) < limits_.processes; }

  std::ptrdiff_t at_work(const Process& process) const {
    const auto quiet_since = Clock::now() - limits_.patience;
    return std::ranges::count_if(process.jobs, [&](const auto& it) { return it.second.last_sign > quiet_since; });
  }

  // Returns the least busy process, or a new one; none if only suspects may run now.
  Process* one_with_room() {
    if (has_room_for_a_process()) return &start_process();
    Process* best = nullptr;
    std::ptrdiff_t least = limits_.at_work_per_process;
    for (auto& process : processes_) {
      if (process.for_one_job || std::ssize(process.jobs) >= limits_.jobs_per_process) continue;
      const auto busy = at_work(process);
      if (busy >= least) continue;
      best = &process;
      least = busy;
    }
    return best;
  }

  Process& start_process() {
    auto commands = make_pipe();
    auto events = make_pipe();
    const auto parent = ::getpid();
    const pid_t id = ::fork();
    if (id < 0) throw std::runtime_error("no process can be started: too many run");
    if (id == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() != parent) std::_Exit(EXIT_FAILURE);
      processes_.clear();  // the other processes' pipe ends
      commands.write = Fd();
      events.read = Fd();
      work_.prepare();
      work(commands.read.get(), events.write.get(), work_.job);
    }
    processes_.push_back({.id = id, .commands = std::move(commands.write), .events = std::move(events.read)});
    return processes_.back();
  }

  void begin(Process& process, std::size_t number) {
    process.jobs[number] = {};
    const auto line = std::to_string(number) + '\n';
    // A process that has just died takes no more jobs; listen() detects its end.
    (void)!::write(process.commands.get(), line.data(), line.size());
    watcher_.begun(number);
  }

  void listen(std::chrono::milliseconds most) {
    std::vector<pollfd> polled;
    for (const auto& process : processes_) polled.push_back({process.events.get(), POLLIN, 0});
    if (::poll(polled.data(), polled.size(), static_cast<int>(most.count())) <= 0) return;
    auto entry = polled.begin();
    for (auto process = processes_.begin(); process != processes_.end(); ++entry) {
      const auto here = process++;
      if (entry->revents != 0 && !receive(*here)) bury(here);
    }
  }

  // Returns false if the process has ended.
  bool receive(Process& process) {
    std::array<char, 65536> buffer{};
    const auto count = ::read(process.events.get(), buffer.data(), buffer.size());
    if (count < 0) return errno == EINTR || errno == EAGAIN;
    if (count == 0) return false;
    process.received.append(buffer.data(), static_cast<std::size_t>(count));
    for (auto end = process.received.find('\n'); end != std::string::npos; end = process.received.find('\n')) {
      const auto event = event_from(std::string_view(process.received).substr(0, end));
      process.received.erase(0, end + 1);
      if (!event) continue;
      const auto job = process.jobs.find(event->number);
      if (job == process.jobs.end()) continue;
      if (!event->is_end) {
        job->second.last_sign = Clock::now();
        watcher_.told(event->number, event->text);
        continue;
      }
      process.jobs.erase(job);
      finish(event->number, {JobOutcome::done, event->text});
    }
    return true;
  }

  static int await_end(pid_t id) {
    int status = 0;
    while (::waitpid(id, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
  }

  // Handles the death of a process: a job that ran alone caused it; several jobs are retried alone.
  void bury(std::list<Process>::iterator process) {
    const int status = await_end(process->id);
    const auto jobs = std::move(process->jobs);
    const bool is_proof = jobs.size() == 1 && process->for_one_job;
    processes_.erase(process);
    for (const auto& [number, job] : jobs) {
      if (is_proof)
        finish(number, {JobOutcome::crashed, how_it_ended(status)});
      else
        suspects_.push_back(number);
    }
  }

  void end_overdue() {
    const auto limit = limits_.job_time + overdue_grace;
    for (auto process = processes_.begin(); process != processes_.end();) {
      const auto here = process++;
      const auto late =
          std::ranges::find_if(here->jobs, [&](const auto& it) { return Clock::now() - it.second.begun > limit; });
      if (late == here->jobs.end()) continue;
      const auto number = late->first;
      ::kill(here->id, SIGKILL);
      await_end(here->id);
      for (const auto& [other, job] : here->jobs)
        if (other != number) waiting_.push_front(other);
      processes_.erase(here);
      finish(number, {JobOutcome::overdue, {}});
    }
  }

  // Always returns true. An idle process ends when its pipe closes.
  bool retire(Process& process) {
    process.commands = Fd();
    if (!wait_for_end(process.id, Deadline::in(winding_up_time))) {
      ::kill(process.id, SIGKILL);
      await_end(process.id);
    }
    return true;
  }

  // Jobs detect the stop themselves if their process got the signal; it is forwarded in case only this process did.
  void wind_up() {
    for (const auto& process : processes_) ::kill(process.id, SIGTERM);
    const auto deadline = Deadline::in(winding_up_time);
    while (is_busy() && !deadline.passed()) {
      listen(std::min(tick_time, deadline.remaining()));
      for (const auto number : suspects_) finish(number, {JobOutcome::stopped, {}});
      suspects_.clear();
    }
    for (auto& process : processes_) {
      for (const auto& [number, job] : process.jobs) finish(number, {JobOutcome::stopped, {}});
      ::kill(process.id, SIGKILL);
      await_end(process.id);
    }
    processes_.clear();
    for (const auto number : waiting_) finish(number, {JobOutcome::stopped, {}});
    for (const auto& added : added_) watcher_.ended(added.number, {JobOutcome::stopped, {}});
  }

  const PoolWork& work_;
  const PoolLimits& limits_;
  const PoolWatcher& watcher_;
  const StopFlag& stop_;
  std::deque<std::size_t> waiting_;
  std::deque<Added> added_;
  std::deque<std::size_t> suspects_;  // jobs that ran in a process that crashed
  std::list<Process> processes_;
};

}  // namespace

void run_pool(const std::vector<std::size_t>& jobs, const PoolWork& work, const PoolLimits& limits,
              const PoolWatcher& watcher, const StopFlag& stop) {
  (void)::signal(SIGPIPE, SIG_IGN);  // a process that has just died may still be sent its next number
  Pool(jobs, work, limits, watcher, stop).run();
}

}  // namespace mqtts::runner
