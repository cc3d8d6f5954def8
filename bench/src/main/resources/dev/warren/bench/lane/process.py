"""The task of the process benchmark, in Python."""

import warren


@warren.task("echo")
def echo(arguments, context):
    return arguments


warren.run()
