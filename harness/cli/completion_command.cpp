// `completion bash|zsh|fish`: generated from the commands, so that it is always up to date.
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/cli/command.h"
#include "harness/util/exit_status.h"

namespace mqtts::cli {
namespace {

struct Flag {
  std::string name;  // without dashes
  std::string help;
  bool takes_value = false;
};

struct Verb {
  std::string name;
  std::string help;
  std::vector<Flag> flags;
  std::vector<std::string> words;  // its subcommands
};

// Makes a text safe between single quotes in a shell, without the characters that zsh's _arguments interprets.
std::string harmless(std::string text) {
  std::erase_if(text, [](char c) { return c == '\'' || c == '[' || c == ']' || c == ':' || c == '`' || c == '\\'; });
  return text;
}

std::vector<Verb> verbs_of(const CLI::App& program) {
  std::vector<Verb> verbs;
  for (const auto* command : program.get_subcommands([](const CLI::App*) { return true; })) {
    Verb verb{.name = command->get_name(), .help = harmless(command->get_description())};
    for (const auto* option : command->get_options())
      for (const auto& name : option->get_lnames())
        verb.flags.push_back({name, harmless(option->get_description()), option->get_items_expected_max() > 0});
    for (const auto* word : command->get_subcommands([](const CLI::App*) { return true; }))
      verb.words.push_back(word->get_name());
    verbs.push_back(std::move(verb));
  }
  return verbs;
}

std::string bash(const std::vector<Verb>& verbs) {
  std::string names;
  std::string cases;
  for (const auto& verb : verbs) {
    names += verb.name + " ";
    std::string words;
    for (const auto& flag : verb.flags) words += "--" + flag.name + " ";
    cases += fmt::format("    {}) flags='{}' words='{}' ;;\n", verb.name, words, fmt::join(verb.words, " "));
  }
  return fmt::format(R"(_mqtts_harness() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} flags= words=
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '{}' -- "$cur"))
    return
  fi
  case ${{COMP_WORDS[1]}} in
{}  esac
  case $cur in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$cur")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$cur") $(compgen -f -- "$cur")) ;;
  esac
}}
complete -o filenames -F _mqtts_harness mqtts-harness
)",
                     names, cases);
}

std::string zsh(const std::vector<Verb>& verbs) {
  std::string names;
  std::string cases;
  for (const auto& verb : verbs) {
    names += fmt::format("  '{}:{}'\n", verb.name, verb.help);
    cases += fmt::format("  {}) _arguments", verb.name);
    for (const auto& flag : verb.flags)
      cases += fmt::format(" '--{}[{}]{}'", flag.name, flag.help, flag.takes_value ? ":value:_files" : "");
    if (verb.words.empty())
      cases += " '*:file:_files' ;;\n";
    else
      cases += fmt::format(" '2:word:({})' ;;\n", fmt::join(verb.words, " "));
  }
  return fmt::format(
      "#compdef mqtts-harness\nlocal -a commands\ncommands=(\n{})\nif (( CURRENT == 2 )); then\n"
      "  _describe command commands\n  return\nfi\ncase $words[2] in\n{}esac\n",
      names, cases);
}

std::string fish(const std::vector<Verb>& verbs) {
  std::string out;
  for (const auto& verb : verbs) {
    out += fmt::format("complete -c mqtts-harness -n __fish_use_subcommand -f -a {} -d '{}'\n", verb.name, verb.help);
    const auto seen = fmt::format("-n '__fish_seen_subcommand_from {}'", verb.name);
    for (const auto& word : verb.words) out += fmt::format("complete -c mqtts-harness {} -f -a {}\n", seen, word);
    for (const auto& flag : verb.flags)
      out += fmt::format("complete -c mqtts-harness {} -l {} -d '{}'{}\n", seen, flag.name, flag.help,
                         flag.takes_value ? " -r" : "");
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
