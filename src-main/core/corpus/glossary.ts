/**
 * Text that only the tokenizer's training sees: the wording of the tasks that the base corpus does
 * not mention, and common words, so that they too are few tokens. Repeated in the training text a
 * few times; the order of merges, not the base model, depends on it.
 */
export const GLOSSARY: readonly string[] = [
  "Use the numbers 3, 7 and 25 to make 46. Use each number exactly once, with + - * / and brackets.",
  "(25-3)*2+7=51\n25*3=75\n75-7=68",
  "On an island every person is either a knight or a knave. A knight always tells the truth, a knave always lies.",
  'Ann says: "Ben is a knave." Ben says: "Ann and I are both knights." Cara says: "Dan is a knight or I am a knave."',
  "Who is a knight and who is a knave?",
  "Suppose Ann is a knight. Then what Ann says is true, so Ben is a knave. That fits.",
  "Suppose Ann is a knave. Then what Ann says is false, so Ben is a knight. That contradicts what Ben says.",
  "Ann is a knight, Ben is a knave",
  "Eve says that exactly one of them is a knave, at least two are knights, and they are the same or different.",
  "Wait, let me check this step again. So the answer is not right. Therefore we try another way.",
  "Suppose this is so. I think that we can try it: suppose not, then it would be wrong, because both cannot be right.",
  "Because there are only two cases, we look at each of them and see which one fits all that was said.",
  "The question asks how much it was before, after, or between; the reason for each step should be clear.",
  "Let us start with the first number, add the second, take away the third, multiply or divide by the last.",
  "Every time, more people could have their own work done in the same place, over many years and days.",
  "You are a helpful assistant. Think first, then give the answer between the tags.",
];
