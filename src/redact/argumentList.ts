/** A process's arguments one by one, without secrets and not longer than a name needs. */
const mostArguments = 256;
const longestArgument = 512;
const longestTogether = 8192;

/** The first arguments, each cut where it is long: what follows a class path of many kilobytes is still to be seen. */
export function boundedArguments(args: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let length = 0;
  for (const argument of args) {
    const text = argument.length <= longestArgument ? argument : detached(argument.slice(0, longestArgument));
    length += text.length;
    if (kept.length === mostArguments || length > longestTogether) break;
    kept.push(text);
  }
  return kept;
}

/** A copy of its own: a slice would keep the whole long text in memory. Half a character at the end becomes U+FFFD. */
function detached(text: string): string {
  return Buffer.from(text).toString();
}
