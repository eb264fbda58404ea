// Steps of a story as TAP: each waits for the one before; the first failure ends the story.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Where browsers reach the media port: they use no loopback address for sound. */
export const MEDIA_ADDRESS = '10.77.0.1';

/** Start this program again in a network of its own, which leads nowhere. False: we are in it. */
export const isolate = (url) => {
  if (process.env.KYHOP_ISOLATED) return false;
  const setup =
    'ip link set lo up && ip link add media type veth peer name nowhere && ' +
    `ip addr add ${MEDIA_ADDRESS}/24 dev media && ip link set media up && ` +
    'ip link set nowhere up && ip route add default dev media && exec "$@"';
  const child = spawn(
    'unshare',
    [process.geteuid() === 0 ? '-n' : '-rn', 'sh', '-c', setup, 'sh', process.execPath, fileURLToPath(url), ...process.argv.slice(2)],
    { stdio: 'inherit', env: { ...process.env, KYHOP_ISOLATED: '1' } },
  );
  child.on('exit', (code) => process.exit(code ?? 1));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return true;
};

const show = (error) => String(error?.stack ?? error).split('\n').map((line) => `# ${line}`).join('\n');

/** `steps`: [name, async function] pairs; `cleanUp` runs in every case. */
export const story = async (steps, cleanUp) => {
  console.log('TAP version 13');
  console.log(`1..${steps.length}`);
  let failed = 0;
  for (const [i, [name, step]] of steps.entries()) {
    const started = Date.now();
    try {
      await step();
      console.log(`ok ${i + 1} - ${name} # ${Date.now() - started} ms`);
    } catch (error) {
      failed++;
      console.log(`not ok ${i + 1} - ${name}\n${show(error)}`);
      console.log(`Bail out! after "${name}"`);
      break;
    }
  }
  await cleanUp().catch((error) => console.log(show(error)));
  process.exit(failed ? 1 : 0);
};

export const equal = (got, wanted, what) => {
  if (got !== wanted) throw new Error(`${what}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`);
};

export const check = (holds, what) => {
  if (!holds) throw new Error(what);
};

export const until = async (condition, what, timeout = 10_000) => {
  const end = Date.now() + timeout;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not in ${timeout} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
