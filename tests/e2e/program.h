// Runs the built program as a user would, and reads its output.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mqtts::e2e {

struct Ended {
  int code = -1;    // exit code, or 128 + the signal that ended it
  std::string out;  // standard output
  std::string err;
};

using Environment = std::map<std::string, std::string>;

// A started program, in its own process group. The destructor kills the whole group.
class Program {
 public:
  // `input`: a descriptor for standard input, which the caller keeps; -1: empty.
  Program(std::vector<std::string> arguments, const std::filesystem::path& folder, const Environment& environment = {},
          int input = -1);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t process() const { return process_; }
  void signal(int number) const;
  // Waits until `text` has been printed; returns false after 60 s.
  bool prints(const std::string& text);
  // The same, for output after the text that an earlier call has waited for.
  bool then_prints(const std::string& text);
  Ended end(std::chrono::seconds patience = std::chrono::seconds(60));

 private:
  bool read_some(std::chrono::milliseconds wait);

  pid_t process_ = -1;
  int out_ = -1;
  int err_ = -1;
  bool waited_ = false;
  std::size_t read_to_ = 0;  // of the output, by then_prints
  Ended ended_;
};

// A folder that is removed at the end, unless the test has failed; then its path is printed.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string read(const std::filesystem::path& path);
void write(const std::filesystem::path& path, const std::string& text);

// Processes whose environment holds MARK=`value`: those that a program started so has left running.
std::vector<pid_t> processes_marked(const std::string& value);

// The program and the lab's plan, as built.
std::string harness();
std::string lab_plan();

}  // namespace mqtts::e2e
