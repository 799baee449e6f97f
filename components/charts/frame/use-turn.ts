import { useEffect, useState } from "react";

const waiting = new Set<() => void>();
let isUnderWay = false;

function letNextGo(): void {
  const [go] = waiting;
  isUnderWay = go !== undefined;
  if (!go) return;
  waiting.delete(go);
  go();
  setTimeout(letNextGo);
}

/** Turns true, and stays so, some time after `wanted` has: one asker a task, so that a screen of charts does not hold up the page while it is drawn. */
export function useTurn(wanted: boolean): boolean {
  const [isMine, setMine] = useState(false);
  useEffect(() => {
    if (!wanted || isMine) return;
    const go = () => setMine(true);
    waiting.add(go);
    if (!isUnderWay) {
      isUnderWay = true;
      setTimeout(letNextGo);
    }
    return () => {
      waiting.delete(go);
    };
  }, [wanted, isMine]);
  return isMine;
}
