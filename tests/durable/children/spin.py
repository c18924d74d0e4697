"""Its child uses up its CPU time, as the kernel would say it."""

import os
import signal
import sys

for _ in sys.stdin:
    child = os.fork()
    if not child:
        os.kill(os.getpid(), signal.SIGXCPU)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(f'\n{{"ended": {ended}}}', flush=True)
