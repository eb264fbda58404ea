-- A global variable, which would outlive the hook.
counter = 1
