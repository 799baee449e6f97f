/** Answers in the order of what was given, a few asked at a time. */
export async function eachInOrder<Item, Answer>(
  items: readonly Item[],
  atOnce: number,
  answer: (item: Item, index: number) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const work = async () => {
    while (next < items.length) {
      const index = next++;
      answers[index] = await answer(items[index] as Item, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return answers;
}
