/** Readers of a page on a thread of their own, evenly spread over each second. */
import { Agent, get } from "node:http";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

interface Task {
  url: string;
  perSecond: number;
  seconds: number;
}

/** How many answers with status 200 came a second. */
export function pagesRead(task: Task): Promise<number> {
  const worker = new Worker(new URL(import.meta.url), { workerData: task });
  return new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
}

/** Milliseconds between two looks at how many are due. */
const LOOK_EVERY = 5;

if (!isMainThread) {
  const { url, perSecond, seconds } = workerData as Task;
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });
  const began = performance.now();
  let asked = 0;
  let answered = 0;
  const timer = setInterval(() => {
    const elapsed = performance.now() - began;
    for (; asked < (elapsed / 1_000) * perSecond; asked += 1)
      get(url, { agent }, (answer) => {
        answer.resume();
        if (answer.statusCode === 200) answered += 1;
      });
    if (elapsed < seconds * 1_000) return;
    clearInterval(timer);
    parentPort?.postMessage(answered / seconds);
    agent.destroy();
    process.exit(0);
  }, LOOK_EVERY);
}
