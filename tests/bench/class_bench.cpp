// What a class costs: how many connections a second a bare OpenSSL loop makes to real Mosquittos, how many the probes
// make to the same, and what whole `grade` runs take.
// Usage: class_bench MQTTS_CLASS SECONDS, or class_bench MQTTS_CLASS HARNESS PLAN STUDENTS[+HUNG]...
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/ssl.h>

#include "harness/pki/material_files.h"
#include "harness/probes/probes.h"
#include "harness/targets/load_target.h"
#include "harness/util/digest.h"
#include "harness/util/fd.h"
#include "harness/util/process.h"
#include "harness/util/seeded_random.h"
#include "harness/wire/mqtt_packet.h"
#include "harness/wire/random_bytes.h"
#include "harness/wire/tls.h"
#include "tests/support/must.h"

namespace {

using namespace mqtts;
using test::must;
namespace fs = std::filesystem;

// A class that lives as long as this.
class Class {
 public:
  Class(const std::string& program, const std::vector<std::string>& options) {
    auto pattern = (fs::temp_directory_path() / "mqtts-class.XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder");
    folder = pattern;
    std::array<int, 2> input{}, output{};
    if (pipe2(input.data(), O_CLOEXEC) != 0 || pipe2(output.data(), O_CLOEXEC) != 0)
      throw std::runtime_error("no pipe");
    std::vector<std::string> arguments = {"up", "--folder", folder / "class"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const Fd answer(output[0]);
    helper_.lifeline = Fd(input[1]);
    {
      const Fd their_input(input[0]), their_output(output[1]);
      helper_.process_id = spawn(program, arguments, {their_input.get(), their_output.get(), STDERR_FILENO}).value();
    }
    const auto line = read_line(answer.get(), Deadline::in(std::chrono::minutes(5)));
    if (!line || line->empty()) throw std::runtime_error("the class does not start");
  }
  ~Class() {
    helper_.lifeline = Fd();
    wait_for_end(helper_.process_id, Deadline::in(std::chrono::seconds(30)));
    fs::remove_all(folder);
  }
  Class(const Class&) = delete;
  Class& operator=(const Class&) = delete;

  // Seconds of CPU that the brokers have used so far.
  double cpu() const {
    double ticks = 0;
    const auto self = std::to_string(helper_.process_id);
    for (const auto& entry : fs::directory_iterator("/proc")) {
      std::ifstream file(entry.path() / "stat");
      std::string line;
      if (!std::getline(file, line)) continue;
      std::istringstream fields(line.substr(line.rfind(')') + 2));
      std::string state, parent, skipped;
      fields >> state >> parent;
      if (parent != self) continue;
      for (int i = 0; i < 9; ++i) fields >> skipped;
      double user = 0, system = 0;
      fields >> user >> system;
      ticks += user + system;
    }
    return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
  }

  std::vector<Client> clients() const {
    std::vector<Client> all;
    for (const auto& entry : fs::directory_iterator(folder / "class/targets")) {
      const auto target = targets::load_target(entry.path()).target.value();
      const auto& given = target.materials;
      const auto& identity = given.identities.at("userclient");
      auto password = must(pki::read_pem(given.accounts.at("userclient").password_file)).text;
      password.erase(password.find('\n'));
      all.push_back(
          {.address = "127.0.0.1",
           .port = target.mqtt.tls_port,
           .name = "127.0.0.1",
           .tls = true,
           .trust = must(pki::read_pem(given.ca)),
           .identity = Identity{must(pki::read_pem(identity.certificate_file)), must(pki::read_pem(identity.key_file))},
           .user_name = "userclient",
           .password = password});
    }
    return all;
  }

  fs::path folder;

 private:
  Helper helper_;
};

// One connection as a bare client makes it; false if it was not let in.
bool connect_once(SSL_CTX& context, const Client& client) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(client.port);
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  bool in = false;
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const wire::SslPtr ssl(SSL_new(&context));
    SSL_set_fd(ssl.get(), fd);
    const auto packet =
        wire::encode_connect({client.mqtt, to_hex(wire::random_bytes(10)), client.user_name, client.password}).value();
    std::array<unsigned char, 16> answer{};
    if (SSL_connect(ssl.get()) == 1) {
      SSL_write(ssl.get(), packet.data(), static_cast<int>(packet.size()));
      setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);  // or the answer comes 40 ms late
      in = SSL_read(ssl.get(), answer.data(), answer.size()) == 4 && answer[3] == 0;
      const auto goodbye = wire::encode_disconnect();
      SSL_write(ssl.get(), goodbye.data(), static_cast<int>(goodbye.size()));
    }
  }
  close(fd);
  return in;
}

double cpu_of(int whom) {
  rusage usage{};
  getrusage(whom, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Cost {
  double connects = 0;
  double wall = 0;
  double cpu = 0;      // ours
  double brokers = 0;  // theirs
  double megabytes = 0;
  void print(const std::string& what) const {
    fmt::print(
        "  {:<28} {:>7.0f} connects {:>7.2f} s {:>7.1f} /s | CPU {:>6.2f} s ours, {:>6.2f} s brokers, {:>6.2f} ms "
        "of ours each | {:>6.1f} MB\n",
        what, connects, wall, connects / wall, cpu, brokers, 1000 * cpu / std::max(1.0, connects), megabytes);
    std::fflush(stdout);
  }
};

// Runs `once` (how many connections did it make?) over and over on some threads of some child processes.
Cost measure(const Class& of, int processes, int threads, double seconds,
             const std::function<std::function<int(std::size_t)>()>& prepare) {
  const double brokers = of.cpu();
  const double children = cpu_of(RUSAGE_CHILDREN);
  const auto start = Clock::now();
  std::array<int, 2> counts{};
  if (pipe(counts.data()) != 0) throw std::runtime_error("no pipe");
  std::vector<pid_t> workers;
  for (int process = 0; process < processes; ++process) {
    const pid_t worker = fork();
    if (worker != 0) {
      workers.push_back(worker);
      continue;
    }
    const auto once = prepare();
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    std::atomic<std::size_t> next = static_cast<std::size_t>(process);
    std::atomic<int> connects = 0;
    std::vector<std::jthread> crew;
    for (int i = 0; i < threads; ++i)
      crew.emplace_back([&] {
        while (Clock::now() < end) connects += once(next++);
      });
    crew.clear();
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const std::array<long, 2> told = {connects, usage.ru_maxrss};
    _exit(write(counts[1], told.data(), sizeof told) == sizeof told ? 0 : 1);
  }
  close(counts[1]);  // or a worker that dies is waited for
  Cost cost;
  for (const auto worker : workers) {
    std::array<long, 2> told{};
    if (read(counts[0], told.data(), sizeof told) != sizeof told) throw std::runtime_error("a worker died");
    cost.connects += static_cast<double>(told[0]);
    cost.megabytes += static_cast<double>(told[1]) / 1024;
    waitpid(worker, nullptr, 0);
  }
  close(counts[0]);
  cost.wall = seconds_since(start);
  cost.cpu = cpu_of(RUSAGE_CHILDREN) - children;
  cost.brokers = of.cpu() - brokers;
  return cost;
}

Cost bare(const Class& of, const std::vector<Client>& clients, int threads, double seconds) {
  return measure(of, 1, threads, seconds, [&] {
    auto contexts = std::make_shared<std::vector<wire::SslContextPtr>>();
    for (const auto& client : clients)
      contexts->push_back(must(wire::make_tls_context(client, wire::TlsOffer::system_default)));
    for (const auto& context : *contexts) {
      SSL_CTX_set_cert_verify_callback(context.get(), nullptr, nullptr);  // OpenSSL's own, which asks for no name
      SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    }
    return [contexts, &clients](std::size_t number) {
      const auto index = number % clients.size();
      if (!connect_once(*contexts->at(index), clients[index])) throw std::runtime_error("a bare client is kept out");
      return 1;
    };
  });
}

// OpenSSL's own client, at one broker of the class: TLS alone, without MQTT.
Cost s_time(const Class& of, const Client& client, double seconds) {
  const double brokers = of.cpu();
  const double children = cpu_of(RUSAGE_CHILDREN);
  const auto start = Clock::now();
  const auto command = fmt::format(
      "openssl s_time -connect 127.0.0.1:{} -new -time {} -cert {} -key {} -CAfile {} 2>&1 </dev/null", client.port,
      static_cast<int>(seconds), client.identity->certificate.file, client.identity->key.file, client.trust->file);
  FILE* output = popen(command.c_str(), "r");
  if (output == nullptr) throw std::runtime_error("no openssl");
  Cost cost;
  for (std::array<char, 4096> line{}; std::fgets(line.data(), line.size(), output) != nullptr;)
    if (std::string_view(line.data()).find("connections in") != std::string_view::npos && cost.connects == 0)
      cost.connects = std::strtod(line.data(), nullptr);
  if (pclose(output) != 0 || cost.connects == 0) throw std::runtime_error("openssl s_time is kept out");
  cost.wall = seconds_since(start);
  cost.cpu = cpu_of(RUSAGE_CHILDREN) - children;
  cost.brokers = of.cpu() - brokers;
  return cost;
}

struct Asked {
  std::string topic{};  // empty: connect only
  Programs programs = Programs::both;
  int connections = 2;
  bool as_in_a_round = false;  // `grade` makes 10 connections of ours to 3 of Paho's
};

Cost probes(const Class& of, const std::vector<Client>& clients, int processes, int threads, const Asked& asked,
            double seconds) {
  return measure(of, processes, threads, seconds, [&] {
    auto prober = std::make_shared<probes::WireProber>();
    return [prober, asked, &clients](std::size_t number) {
      const auto programs = !asked.as_in_a_round ? asked.programs
                            : number % 13 < 10   ? Programs::probe_only
                                                 : Programs::paho_only;
      const Attempt attempt{.client = clients[number % clients.size()],
                            .kind = asked.topic.empty() ? "connect" : "deliver",
                            .parameters = {{"topic", asked.topic}},
                            .programs = programs};
      const auto seen = must(prober->observe(attempt, Deadline::in(std::chrono::seconds(10))));
      if (seen.outcome != Outcome::accepted) throw std::runtime_error("a client is kept out: " + seen.reason);
      return asked.connections;
    };
  });
}

void compare(const std::string& program, double seconds) {
  std::signal(SIGPIPE, SIG_IGN);
  const Class of(program, {"--students", "32", "--mix", "right=32"});
  const auto clients = of.clients();
  const auto reference = s_time(of, clients.front(), seconds);
  reference.print("openssl s_time");
  const auto tell = [&](const std::string& what, const Cost& cost) {
    cost.print(what);
    fmt::print("  {:<28} {:.2f} of the CPU of openssl s_time a connection\n", "",
               (cost.cpu / cost.connects) / (reference.cpu / reference.connects));
  };
  tell("bare OpenSSL, 8 threads", bare(of, clients, 8, seconds));
  tell("our probe, 1 x 16", probes(of, clients, 1, 16, {.programs = Programs::probe_only, .connections = 1}, seconds));
  tell("Paho, 1 x 16", probes(of, clients, 1, 16, {.programs = Programs::paho_only, .connections = 1}, seconds));
  tell("as in a round, 1 x 16", probes(of, clients, 1, 16, {.connections = 1, .as_in_a_round = true}, seconds));
  for (const int threads : {1, 16})
    tell(fmt::format("both, 1 x {}", threads), probes(of, clients, 1, threads, {}, seconds));
  tell("both, 2 x 16", probes(of, clients, 2, 16, {}, seconds));
  tell("round trip, 2 x 16", probes(of, clients, 2, 16, {.topic = "your/topic"}, seconds));
}

// Counted by the brokers themselves.
std::size_t connections_in_logs(const fs::path& students) {
  std::size_t count = 0;
  for (const auto& student : fs::directory_iterator(students)) {
    std::ifstream log(student.path() / "mosquitto.log");
    for (std::string line; std::getline(log, line);)
      if (line.find("New connection from") != std::string::npos) ++count;
  }
  return count;
}

void grade(const std::string& program, const std::string& harness, const std::string& plan,
           const std::string& class_size) {
  const auto plus = std::min(class_size.find('+'), class_size.size());
  const int hung = plus < class_size.size() ? std::stoi(class_size.substr(plus + 1)) : 0;
  const auto students = std::to_string(std::stoi(class_size.substr(0, plus)) + hung);
  const Class of(program, {"--students", students, "--mix", fmt::format("hung={}", hung)});
  const double brokers = of.cpu();
  const auto start = Clock::now();
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  const auto child =
      spawn(harness,
            {"grade", plan, "--roster", of.folder / "class/class.csv", "--out", of.folder / "out", "--jobs", students},
            {null, null, STDERR_FILENO});
  rusage usage{};
  int status = 0;
  wait4(child.value(), &status, 0, &usage);
  close(null);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  const Cost cost{.connects = static_cast<double>(connections_in_logs(of.folder / "class/students")),
                  .wall = seconds_since(start),
                  .cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime),
                  .brokers = of.cpu() - brokers,
                  .megabytes = static_cast<double>(usage.ru_maxrss) / 1024};
  cost.print(fmt::format("grade {} (exit {})", class_size, WEXITSTATUS(status)));
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 2) {
    compare(arguments[0], std::stod(arguments[1]));
  } else if (arguments.size() > 3) {
    for (auto each = arguments.begin() + 3; each != arguments.end(); ++each)
      grade(arguments[0], arguments[1], arguments[2], *each);
  } else {
    fmt::print(
        stderr,
        "usage: class_bench MQTTS_CLASS SECONDS\n       class_bench MQTTS_CLASS HARNESS PLAN STUDENTS[+HUNG]...\n");
    return 2;
  }
  return 0;
}
