/** "1 record", "2 records", "25,600 records": a count with its noun, the same in the window, in reports and on the command line. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}
