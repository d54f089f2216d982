// Runs many jobs in parallel in worker processes: a job that crashes or hangs costs the others only time.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/util/deadline.h"

namespace mqtts::runner {

// Reports progress to the pool's owner: one text of at most a few kB. It also counts as activity: see PoolLimits.
using Tell = std::function<void(const std::string& text)>;

// One job, in a worker process, on its own thread. Its return value is the detail of its JobEnd.
using Job = std::function<std::string(std::size_t number, const Tell& tell)>;

struct PoolWork {
  std::function<void()> prepare;  // called once in each worker process, before it starts threads
  Job job;
};

struct PoolLimits {
  int processes = 1;         // in parallel
  int jobs_per_process = 1;  // in parallel
  // Maximum number of active jobs in a process when another one starts. A job is active until it has reported nothing
  // for `patience`: then it is waiting and uses no processor time.
  int at_work_per_process = 1;
  Clock::duration patience = std::chrono::seconds(1);
  Clock::duration job_time;  // maximum time of a job by its own deadlines; it is killed after that and a grace period
  Clock::time_point end = Clock::time_point::max();  // the pool stops then, as if requested
  // How long an added job waits while there are other jobs; less if there are none.
  Clock::duration added_after = std::chrono::seconds(10);
};

enum class JobOutcome {
  done,
  crashed,  // its process ended while no other job ran in it; `detail` says how
  overdue,  // it was killed
  stopped,  // a stop was requested before it ended or began
};

struct JobEnd {
  JobOutcome outcome{};
  std::string detail;  // done: the job's return value; crashed: how
};

// Called from the thread that runs the pool. `begun` is called again for a job that is restarted after another one
// crashed its process.
struct PoolWatcher {
  std::function<void(std::size_t number)> begun;
  std::function<void(std::size_t number, const std::string& text)> told;
  // Called once for each job. May return another job to add, with a new number.
  std::function<std::optional<std::size_t>(std::size_t number, const JobEnd& end)> ended;
  std::function<void()> tick;  // called about ten times a second
};

// Runs all `jobs`. Forks the worker processes from this process, which must have no other thread; they end when it
// ends, however it ends. When a worker dies, its jobs are run again one by one, each in a process of its own, to find
// the one that crashes. After a stop, jobs have 5 s to end. From then on the process ignores SIGPIPE.
void run_pool(const std::vector<std::size_t>& jobs, const PoolWork& work, const PoolLimits& limits,
              const PoolWatcher& watcher, const StopFlag& stop);

}  // namespace mqtts::runner
