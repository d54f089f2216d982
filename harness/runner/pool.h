// Many jobs side by side, in processes of their own: one that crashes or hangs costs the others nothing but time.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/util/deadline.h"

namespace mqtts::runner {

// Tells the pool's owner something on the way: one text, at most a few kB. It is a sign of life, too: see PoolLimits.
using Tell = std::function<void(const std::string& text)>;

// One job, in a worker process, on a thread of its own. What it returns is told at the end of the job.
using Job = std::function<std::string(std::size_t number, const Tell& tell)>;

struct PoolWork {
  std::function<void()> prepare;  // once in each worker process, before it has threads
  Job job;
};

struct PoolLimits {
  int processes = 1;         // at a time
  int jobs_per_process = 1;  // side by side
  // How many of those may be at work when another one is begun. A job is, until it has told nothing for `patience`:
  // then it waits for somebody else, and costs nothing.
  int at_work_per_process = 1;
  Clock::duration patience = std::chrono::seconds(1);
  Clock::duration job_time;  // what a job takes at most by its own deadlines; past it and a grace it is ended by force
  Clock::time_point end = Clock::time_point::max();  // then it stops as if it were asked to
  // How long a job that is added waits for its turn while there are others; less if there are none.
  Clock::duration added_after = std::chrono::seconds(10);
};

enum class JobOutcome {
  done,
  crashed,  // its process ended, while no other job ran in it; `words` tell how
  overdue,  // it was ended by force
  stopped,  // a stop was asked for before it ended, or before it began
};

struct JobEnd {
  JobOutcome outcome{};
  std::string detail;  // done: what the job returned; crashed: how
};

// Called from the thread that runs the pool. A job that is begun again, after another one has crashed its process,
// is told as begun again.
struct PoolWatcher {
  std::function<void(std::size_t number)> begun;
  std::function<void(std::size_t number, const std::string& text)> told;
  // Once for each job. May add another one, which is none of those before.
  std::function<std::optional<std::size_t>(std::size_t number, const JobEnd& end)> ended;
  std::function<void()> tick;  // ten times a second or so
};

// Runs all `jobs`. The processes are forked from this one, which must have no other thread; they end with it, however
// it ends. When a process dies, the jobs that it had are run again one by one, each in a process of its own, so that
// the one that is to blame is found. After a stop, jobs have 5 s to wind up. From then on the process ignores SIGPIPE.
void run_pool(const std::vector<std::size_t>& jobs, const PoolWork& work, const PoolLimits& limits,
              const PoolWatcher& watcher, const StopFlag& stop);

}  // namespace mqtts::runner
