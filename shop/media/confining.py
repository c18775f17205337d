"""The limits that a decoder sets to its own process before it looks at a stranger's file."""

import resource


def confine(memory: int, cpu_s: int) -> None:
    """Set this process its limits, before it reads anything.

    Args:
        memory: the largest address space, in bytes.
        cpu_s: seconds of processor time, after which the system ends the process.
    """
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CPU, cpu_s)
    _limit(resource.RLIMIT_AS, memory)


def _limit(what: int, most: int) -> None:
    _soft, hard = resource.getrlimit(what)
    within = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (within, within))
