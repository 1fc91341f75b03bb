"""`python -m answerbot` is the same as `answerbot`."""

from answerbot.cli import main

if __name__ == "__main__":
    main()
