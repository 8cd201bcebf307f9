/** `completion`: a script for the shell, made from the commands as they are. */
import type { Command } from "commander";

export function addCompletionCommand(program: Command): void {
  program
    .command("completion")
    .description("a script that completes commands and options; source it in your shell")
    .argument("<shell>", "bash, zsh or fish")
    .action((shell: string, _options: unknown, command: Command) => {
      const script = SCRIPTS[shell];
      if (script === undefined) command.error(`error: unknown shell "${shell}": bash, zsh or fish`);
      else process.stdout.write(script(wordsOf(program, [])));
    });
}

interface Words {
  /** e.g. "runs list"; empty for the top. */
  readonly path: string;
  readonly words: readonly string[];
}

function wordsOf(command: Command, path: readonly string[]): Words[] {
  const own = [
    ...command.commands.map((child) => child.name()),
    ...command.options.flatMap(({ long }) => long ?? []),
  ];
  return [
    { path: path.join(" "), words: own },
    ...command.commands.flatMap((child) => wordsOf(child, [...path, child.name()])),
  ];
}

const SCRIPTS: Readonly<Record<string, (all: readonly Words[]) => string>> = { bash, zsh, fish };

function bash(all: readonly Words[]): string {
  return `# gradus completion for bash: source <(gradus completion bash)
_gradus() {
  local path="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  local words=""
  case "$path" in
${all
  .map(({ path, words }) => `    "${path}"*) words="${words.join(" ")}" ;;`)
  .toReversed()
  .join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}") $(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o filenames -F _gradus gradus
`;
}

function zsh(all: readonly Words[]): string {
  return `#compdef gradus
# gradus completion for zsh: source <(gradus completion zsh)
_gradus() {
  local path="" word
  for word in "\${words[@]:1:$((CURRENT-2))}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  case "$path" in
${all
  .map(({ path, words }) => `    "${path}"*) compadd -- ${words.join(" ")} ;;`)
  .toReversed()
  .join("\n")}
  esac
  _files
}
compdef _gradus gradus
`;
}

function fish(all: readonly Words[]): string {
  const lines = all.flatMap(({ path, words }) => {
    const condition =
      path === ""
        ? "__fish_use_subcommand"
        : path
            .split(" ")
            .map((part) => `__fish_seen_subcommand_from ${part}`)
            .join("; and ");
    return words.map((word) =>
      word.startsWith("--")
        ? `complete -c gradus -n "${condition}" -l ${word.slice(2)}`
        : `complete -c gradus -n "${condition}" -a ${word}`,
    );
  });
  return `# gradus completion for fish: gradus completion fish | source\n${lines.join("\n")}\n`;
}
