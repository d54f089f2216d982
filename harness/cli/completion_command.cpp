// `completion bash|zsh|fish`: generated from the commands, so that it is always up to date. Values that depend on the
// line, or on what ships, are asked of the program itself: see complete_command.cpp.
#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/cli/command.h"
#include "harness/util/exit_status.h"

namespace mqtts::cli {
namespace {

enum class Files {
  none,
  any,
  json,
  folders,
};

// What may stand for an option's value, or as an argument.
struct Choice {
  std::string asked;               // of `complete`: "--stage"; empty: nothing
  std::vector<std::string> words;  // always the same ones
  Files files = Files::none;
};

struct Flag {
  std::string name;  // without dashes
  std::string help;
  bool takes_value = false;
  bool is_repeatable = false;
  Choice choice;
};

struct Verb {
  std::string name;
  std::string help;
  std::vector<Flag> flags;
  std::vector<std::string> words;  // its subcommands
  Choice argument;
};

// The words of CLI::IsMember, whose type is "TEXT:{en,fr}".
std::vector<std::string> words_of(const std::string& type) {
  const auto open = type.find('{');
  const auto close = type.find('}', open);
  if (close == std::string::npos) return {};
  return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

Files files_of(const std::string& name, const std::string& type) {
  if (name == "plan" || name == "plans" || name == "--plan" || name == "--target" || name == "--profile")
    return Files::json;
  if (type == "DIR") return Files::folders;
  const bool is_file =
      type.find("FILE") != std::string::npos || name == "results" || name == "before" || name == "after";
  return is_file ? Files::any : Files::none;
}

Choice choice_of(const std::string& name, const CLI::Option& option) {
  const auto type = option.get_type_name();
  return {.asked = is_offered(name) ? name : "", .words = words_of(type), .files = files_of(name, type)};
}

std::vector<Verb> verbs_of(const CLI::App& program) {
  std::vector<Verb> verbs;
  for (const auto* command : program.get_subcommands([](const CLI::App*) { return true; })) {
    Verb verb{.name = command->get_name(), .help = command->get_description()};
    for (const auto* option : command->get_options()) {
      if (option->get_lnames().empty() && verb.argument.asked.empty())
        verb.argument = choice_of(option->get_name(), *option);
      for (const auto& name : option->get_lnames())
        verb.flags.push_back({.name = name,
                              .help = option->get_description(),
                              .takes_value = option->get_items_expected_max() > 0,
                              .is_repeatable = option->get_items_expected_max() > 1,
                              .choice = choice_of("--" + name, *option)});
    }
    for (const auto* word : command->get_subcommands([](const CLI::App*) { return true; }))
      verb.words.push_back(word->get_name());
    verbs.push_back(std::move(verb));
  }
  return verbs;
}

// Puts `escape` before each of these characters.
std::string escaped(const std::string& text, std::string_view characters, char escape = '\\') {
  std::string out;
  for (const char c : text) {
    if (characters.find(c) != std::string_view::npos) out += escape;
    out += c;
  }
  return out;
}

// In single quotes, for a POSIX shell and zsh.
std::string single_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string fish_quoted(const std::string& text) { return "'" + escaped(text, "'\\") + "'"; }

// ---- bash ---------------------------------------------------------------------------------------

std::string bash_assignments(const Choice& choice) {
  constexpr std::string_view files[] = {"", "any", "json", "folders"};
  return fmt::format("asked={} words={} files={}", choice.asked,
                     single_quoted(fmt::format("{}", fmt::join(choice.words, " "))),
                     files[static_cast<std::size_t>(choice.files)]);
}

constexpr std::string_view bash_functions = R"sh(_mqtts_harness_add() {
  local word
  while IFS= read -r word; do
    case $word in "$cur"*) COMPREPLY+=("$word") ;; esac
  done
}
)sh";

constexpr std::string_view bash_end = R"sh(  _mqtts_harness_add < <(compgen -W "$words")
  [ -z "$asked" ] ||
    _mqtts_harness_add < <("${COMP_WORDS[0]}" complete "$asked" "${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)
  case $files in
    any) _mqtts_harness_add < <(compgen -f -- "$cur") ;;
    json) _mqtts_harness_add < <(compgen -d -- "$cur"; compgen -f -X '!*.json' -- "$cur") ;;
    folders) _mqtts_harness_add < <(compgen -d -- "$cur") ;;
  esac
  [ -z "$files" ] || compopt -o filenames 2>/dev/null
  case ${#COMPREPLY[@]}${COMPREPLY[0]} in 1*[:/]) compopt -o nospace 2>/dev/null ;; esac
}
complete -F _mqtts_harness mqtts-harness
)sh";

std::string bash(const std::vector<Verb>& verbs) {
  std::string names, options, cases;
  std::vector<std::string> known;
  for (const auto& verb : verbs) {
    names += verb.name + " ";
    std::string flags;
    for (const auto& flag : verb.flags) {
      flags += "--" + flag.name + " ";
      if (!flag.takes_value || std::ranges::find(known, flag.name) != known.end()) continue;
      known.push_back(flag.name);
      options += fmt::format("    --{}) {} ;;\n", flag.name, bash_assignments(flag.choice));
    }
    auto argument = verb.argument;
    argument.words.insert(argument.words.end(), verb.words.begin(), verb.words.end());
    cases += fmt::format("        {}) flags={} {} ;;\n", verb.name, single_quoted(flags), bash_assignments(argument));
  }
  return fmt::format(R"sh({}_mqtts_harness() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} flags= words= asked= files=
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W {} -- "$cur"))
    return
  fi
  # --flag=value is three words.
  if [ "$cur" = = ]; then
    cur=
  elif [ "$prev" = = ]; then
    prev=${{COMP_WORDS[COMP_CWORD-2]}}
  fi
  case $prev in
{}    *)
      case ${{COMP_WORDS[1]}} in
{}      esac
      case $cur in -*) words=$flags asked= files= ;; esac
      ;;
  esac
{})sh",
                     bash_functions, single_quoted(names), options, cases, bash_end);
}

// ---- zsh ----------------------------------------------------------------------------------------

std::string zsh_action(const Choice& choice) {
  if (!choice.asked.empty())
    return fmt::format(" _mqtts_harness_words {}{}", choice.asked, choice.files == Files::json ? " json" : "");
  if (!choice.words.empty()) return fmt::format("({})", fmt::join(choice.words, " "));
  if (choice.files == Files::folders) return "_files -/";
  return choice.files == Files::none ? " " : "_files";
}

constexpr std::string_view zsh_function = R"sh(_mqtts_harness_words() {
  local -a offered
  offered=(${(f)"$(${(Q)words[1]} complete $1 ${(Q)words[2,CURRENT-1]} 2>/dev/null)"})
  compadd -S '' -- ${(M)offered:#*[:/]}
  compadd -- ${offered:#*[:/]}
  [[ $2 != json ]] || _files -g '*.json(-.)'
}
)sh";

std::string zsh(const std::vector<Verb>& verbs) {
  std::string names, cases;
  for (const auto& verb : verbs) {
    names += fmt::format("  {}\n", single_quoted(verb.name + ":" + escaped(verb.help, "\\:")));
    cases += fmt::format("  {}) _arguments", verb.name);
    for (const auto& flag : verb.flags) {
      const auto value = flag.takes_value ? ":value:" + zsh_action(flag.choice) : "";
      cases += " " + single_quoted(fmt::format("{}--{}{}[{}]{}", flag.is_repeatable ? "*" : "", flag.name,
                                               flag.takes_value ? "=" : "", escaped(flag.help, "\\[]:"), value));
    }
    if (verb.words.empty())
      cases += fmt::format(" {} ;;\n", single_quoted("*:argument:" + zsh_action(verb.argument)));
    else
      cases += fmt::format(" '2:word:({})' ;;\n", fmt::join(verb.words, " "));
  }
  return fmt::format(
      "#compdef mqtts-harness\n{}local -a commands\ncommands=(\n{})\nif (( CURRENT == 2 )); then\n"
      "  _describe command commands\n  return\nfi\ncase $words[2] in\n{}esac\n",
      zsh_function, names, cases);
}

// ---- fish ---------------------------------------------------------------------------------------

std::string fish_arguments(const Choice& choice) {
  std::vector<std::string> sources = choice.words;
  if (!choice.asked.empty()) sources.push_back("(__mqtts_harness_words " + choice.asked + ")");
  if (choice.files == Files::json) sources.push_back("(__fish_complete_suffix .json)");
  if (choice.files == Files::folders) sources.push_back("(__fish_complete_directories)");
  const std::string no_files = choice.files == Files::any ? "" : " -f";
  if (sources.empty()) return no_files;
  return fmt::format("{} -a {}", no_files, fish_quoted(fmt::format("{}", fmt::join(sources, " "))));
}

constexpr std::string_view fish_function = R"sh(function __mqtts_harness_words
  set -l line (commandline -opc)
  $line[1] complete $argv[1] $line[2..-1] 2>/dev/null
end
)sh";

std::string fish(const std::vector<Verb>& verbs) {
  std::string out(fish_function);
  for (const auto& verb : verbs) {
    out += fmt::format("complete -c mqtts-harness -n __fish_use_subcommand -f -a {} -d {}\n", verb.name,
                       fish_quoted(verb.help));
    const auto seen = fmt::format("-n '__fish_seen_subcommand_from {}'", verb.name);
    auto argument = verb.argument;
    argument.words.insert(argument.words.end(), verb.words.begin(), verb.words.end());
    out += fmt::format("complete -c mqtts-harness {}{}\n", seen, fish_arguments(argument));
    for (const auto& flag : verb.flags)
      out += fmt::format("complete -c mqtts-harness {} -l {} -d {}{}\n", seen, flag.name, fish_quoted(flag.help),
                         flag.takes_value ? " -r" + fish_arguments(flag.choice) : "");
  }
  return out;
}

}  // namespace

Body add_completion(CLI::App& command) {
  auto shell = std::make_shared<std::string>();
  command.add_option("shell", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  return [shell, program = command.get_parent()](const std::vector<std::string>&) {
    const auto verbs = verbs_of(*program);
    std::cout << (*shell == "bash" ? bash(verbs) : *shell == "zsh" ? zsh(verbs) : fish(verbs));
    return exit_ok;
  };
}

}  // namespace mqtts::cli
