# I3D fine-tuned on 10 % of Kinetics-400, about 57 videos a class (DSM, "Test with Limited Labeled
# Data"). Make the list first, see README.md. Give load_from.
_base_ = '../finetune/i3d_k400_dsm.py'

train_dataloader = dict(dataset=dict(ann_file='kinetics400_train_10percent.txt'))
