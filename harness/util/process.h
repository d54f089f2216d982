// Starts other programs of this machine without a shell, and waits for them within a deadline.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/util/deadline.h"
#include "harness/util/error.h"
#include "harness/util/fd.h"

namespace mqtts {

// A program that runs until its lifeline closes.
struct Helper {
  pid_t process_id = 0;
  Fd lifeline;  // its standard input; no other program that we start inherits it
  Fd answer;    // its standard output
};

// Standard streams of another program: open file descriptors of ours.
struct Streams {
  int input;
  int output;
  int error;
};

// Starts `program`, a path, in a session of its own: Ctrl-C on our terminal does not reach it. It inherits no other
// close-on-exec descriptor and no signal setting. It starts in `folder`. The error is errno.
tl::expected<pid_t, int> spawn(const std::string& program, const std::vector<std::string>& arguments,
                               const Streams& streams, const std::filesystem::path& folder = ".");

// Returns the absolute path of `name` in $PATH, or `name` itself if it is a program's path; empty if there is none.
std::string find_in_path(const std::string& name);

// Reads from `fd`, which stays open, up to the end of the first line, and returns that without its newline. If the
// writer ends first, returns what came, even if it is empty; nullopt once the deadline has passed.
std::optional<std::string> read_line(int fd, const Deadline& deadline);

// Waits for a child of ours to end. Returns false if the deadline passed first.
bool wait_for_end(pid_t child, const Deadline& deadline);

// The same, but returns the exit status, or 128 plus the signal; none if the deadline passed first.
std::optional<int> exit_status(pid_t child, const Deadline& deadline);

}  // namespace mqtts
