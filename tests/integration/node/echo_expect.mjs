// What the echo clients share: a case by its name, words for what differs, a bound in time.

export function equal(got, wanted, what) {
  if (got !== wanted) throw new Error(`${what}: wanted ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`);
}

/// A server that says nothing fails the case.
export function deadline(ms) {
  setTimeout(() => {
    console.log(`nothing more was heard for ${ms} ms`);
    process.exit(1);
  }, ms).unref();
}

export async function run(cases, wanted) {
  if (!(wanted in cases)) {
    console.log(`no such case '${wanted}': ${Object.keys(cases).join(", ")}`);
    process.exit(2);
  }
  try {
    await cases[wanted]();
  } catch (error) {
    console.log(`${wanted}: ${error.message}`);
    process.exit(1);
  }
  process.exit(0);
}
