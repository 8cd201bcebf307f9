/** One step of the database's schema. Steps are never edited once released: a change is a new step. */
export interface Migration {
  /** 1, 2, 3 …; PRAGMA user_version after it ran. */
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  /** Of texts, that the SQL calls by name. */
  readonly functions?: Readonly<Record<string, (text: string) => string>>;
}
