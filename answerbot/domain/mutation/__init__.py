"""Mutants: rubrics and answers made wrong on purpose, to see who notices.

scoring    rubrics gone wrong where points alone decide
missing    the exemplars that would notice what no exemplar does
loosening  rubrics gone vague, which the judge has to read again
answers    full answers with one thing changed, which the judge has to read again
report     what became of all of them
"""
